package program

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer"
)

const (
	idleTime = time.Minute
	starts   = 5
)

// load is the size of a machine's data. All of it is in the sync folder.
type load struct{ projects, sessions, rows int } // projects; sessions in each; rows in each

// BenchmarkIdleTray starts the program as it is installed, on a machine with 20 projects and 2,000 sessions
// that are all in the sync folder, and reports
//
//	ms-to-icon       from the start to the icon's registration, the median of five starts
//	ms-to-look       from the start to the first menu with everything in it
//	switches         context switches of all threads in a minute in which nothing happens
//	switches-looking the same in a minute with a scan by the timer
//	MB               resident after those minutes
//
// The bars are 100 ms to the icon, 6 switches, and 24 MB. No test fails if a bar is missed, because the machine that
// runs the tests may be busy.
func BenchmarkIdleTray(b *testing.B) {
	program := filepath.Join(b.TempDir(), "claude-sync")
	if out, err := exec.Command("go", "build", "-o", program, "claude-sync").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	w := desktoptest.NewWorld(b, "app")
	load{projects: 20, sessions: 100, rows: 40}.fill(b, w.Desktop)
	for b.Loop() {
		var toIcon []time.Duration
		var p *desktoptest.Program
		for range starts {
			if p != nil {
				p.Kill()
			}
			begun := time.Now()
			var panel *desktoptest.Panel
			p, panel = startProgram(b, program, w)
			toIcon = append(toIcon, time.Since(begun))
			panel.Shows("", "looked")
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms-to-look")
		}
		slices.Sort(toIcon)
		b.ReportMetric(float64(toIcon[starts/2].Microseconds())/1000, "ms-to-icon")
		// Scans by the timer come one minute after the first scan, and two minutes after that.
		<-time.After(idleTime + 10*time.Second)
		b.ReportMetric(float64(switchesIn(b, p, idleTime)), "switches")
		b.ReportMetric(float64(switchesIn(b, p, idleTime)), "switches-looking")
		b.ReportMetric(resident(b, p.PID), "MB")
		p.Kill()
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkTrayOver20000 starts the program twice on 20,000 sessions in 100 projects, all in the sync folder. At the
// first start nothing is cached. It reports
//
//	ms-to-icon   from the start to the icon's registration
//	ms-to-menu   from there to the answer of the menu, which does not wait for the scan
//	ms-to-look   from the start to the first menu with everything in it
//	peak-MB      the most that was resident
//	MB           resident a minute later
//
// for the second start, and ms-to-first-look for the first one. The bar is 32 MB.
func BenchmarkTrayOver20000(b *testing.B) {
	program := filepath.Join(b.TempDir(), "claude-sync")
	if out, err := exec.Command("go", "build", "-o", program, "claude-sync").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	w := desktoptest.NewWorld(b, "app")
	load{projects: 100, sessions: 200, rows: 4}.fill(b, w.Desktop)
	for b.Loop() {
		for _, metric := range []string{"ms-to-first-look", "ms-to-look"} {
			begun := time.Now()
			p, panel := startProgram(b, program, w)
			b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "ms-to-icon")
			asked := time.Now()
			panel.Menu()
			b.ReportMetric(float64(time.Since(asked).Microseconds())/1000, "ms-to-menu")
			panel.Shows("", "looked")
			b.ReportMetric(float64(time.Since(begun).Milliseconds()), metric)
			<-time.After(idleTime + 10*time.Second) // with the first scan by the timer
			b.ReportMetric(float64(field(b, fmt.Sprintf("/proc/%d/status", p.PID), "VmHWM:"))/1024, "peak-MB")
			b.ReportMetric(resident(b, p.PID), "MB")
			p.Kill()
		}
	}
	b.ReportMetric(0, "ns/op")
}

// switchesIn counts the context switches of a program in a period.
func switchesIn(b *testing.B, p *desktoptest.Program, d time.Duration) int {
	b.Helper()
	before := switches(b, p.PID)
	<-time.After(d)
	return switches(b, p.PID) - before
}

// fill gives a machine its sessions, all of them pushed.
func (l load) fill(b *testing.B, m desktoptest.Machine) {
	b.Helper()
	for i := range l.projects {
		dir := filepath.Join(m.Code, fmt.Sprint("project", i))
		desktoptest.Clone(b, dir)
		if _, _, err := m.Open().Register(b.Context(), dir); err != nil {
			b.Fatal(err)
		}
		for j := range l.sessions {
			id := desktoptest.SessionNumber(i*l.sessions + j)
			path := m.Writes(dir, id, 0, strings.Repeat("a row of some length ", 20))
			row, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			var all strings.Builder
			for k := range l.rows {
				all.WriteString(strings.Replace(string(row), "00000000-0000", fmt.Sprintf("%08d-0000", k), 1))
			}
			// The newest is some hours old: an age in minutes would change the menu every minute.
			at := time.Now().Add(-5*time.Hour - time.Duration(j)*6*time.Hour)
			if err := errors.Join(os.WriteFile(path, []byte(all.String()), 0o600), os.Chtimes(path, at, at)); err != nil {
				b.Fatal(err)
			}
		}
	}
	if events, err := m.Open().Push(b.Context(), syncer.Scope{}); err != nil || len(events) != l.projects*l.sessions {
		b.Fatal(len(events), err)
	}
}

// startProgram starts the program on a bus with a panel and waits for its icon.
func startProgram(b *testing.B, program string, w *desktoptest.World) (*desktoptest.Program, *desktoptest.Panel) {
	b.Helper()
	bus, _ := desktoptest.StartBus(b)
	panel := desktoptest.NewPanel(b, bus)
	desktoptest.NewNotifications(b, bus, 0, "actions", "body", "body-markup").Appear()
	p := desktoptest.Child{Path: program, Home: w.Desktop.Home, Bus: bus}.Start(b)
	panel.Registered()
	return p, panel
}

// switches counts the context switches of a process since its start.
func switches(b *testing.B, pid int) int {
	b.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(tasks) == 0 {
		b.Fatalf("no threads of %d: %v", pid, err)
	}
	n := 0
	for _, t := range tasks {
		n += field(b, t, "voluntary_ctxt_switches:") + field(b, t, "nonvoluntary_ctxt_switches:")
	}
	return n
}

// resident returns the resident memory of a process in megabytes, including its program file.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	return float64(field(b, fmt.Sprintf("/proc/%d/status", pid), "VmRSS:")) / 1024
}

// field returns a number from a file in /proc.
func field(b *testing.B, path, name string) int {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatalf("%s has no %s", path, name)
	return 0
}
