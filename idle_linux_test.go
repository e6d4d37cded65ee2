package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer"
)

const (
	loadProjects = 20
	loadSessions = 100 // a project
	loadRows     = 40  // a session
	idleTime     = time.Minute
	starts       = 5
)

// BenchmarkIdleTray starts the program as it is installed, on a machine with 20 projects and 2,000 sessions
// that are all in the sync folder, and reports
//
//	ms-to-icon           from the start to the icon's registration, the median of five starts
//	ms-to-first-look     from the start to the first menu with everything in it, of the last start
//	switches/min         context switches of all threads in a minute without a look
//	switches/min-looking the same, in the minute with the one look that nothing asked for
//	MB-resident          after those minutes
//
// The bars are 100 ms, 6 switches and 24 MB. Nothing here fails when they are missed: how fast a machine is
// that runs tests says nothing about the program.
func BenchmarkIdleTray(b *testing.B) {
	program := filepath.Join(b.TempDir(), "claude-sync")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	w := desktoptest.NewWorld(b, "app")
	fill(b, w.Desktop)
	for b.Loop() {
		var toIcon []float64
		for range starts {
			p, panel, took := startTimed(b, program, w)
			toIcon = append(toIcon, float64(took.Microseconds())/1000)
			panel.Shows("", "looked")
			p.Kill()
		}
		begun := time.Now()
		p, panel, _ := startTimed(b, program, w)
		panel.Shows("", "looked")
		b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms-to-first-look")
		for i := range 7 {
			before := switches(b, p.PID)
			<-time.After(idleTime)
			fmt.Println(i, switches(b, p.PID)-before, resident(b, p.PID))
		}
		p.Kill()
		b.ReportMetric(toIcon[len(toIcon)/2], "ms-to-icon")
	}
	b.ReportMetric(0, "ns/op")
}

// fill gives a machine the sessions, all of them pushed.
func fill(b *testing.B, m desktoptest.Machine) {
	b.Helper()
	for i := range loadProjects {
		dir := filepath.Join(m.Code, fmt.Sprint("project", i))
		desktoptest.Clone(b, dir)
		if _, _, err := m.Open().Register(b.Context(), dir); err != nil {
			b.Fatal(err)
		}
		for j := range loadSessions {
			id := desktoptest.SessionNumber(i*loadSessions + j)
			path := m.Writes(dir, id, 0, strings.Repeat("a row of some length ", 20))
			row, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			var all strings.Builder
			for k := range loadRows {
				all.WriteString(strings.Replace(string(row), "00000000-0000", fmt.Sprintf("%08d-0000", k), 1))
			}
			if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
	if events, err := m.Open().Push(b.Context(), syncer.Scope{}); err != nil || len(events) != loadProjects*loadSessions {
		b.Fatal(len(events), err)
	}
}

// startTimed starts the program on a bus with a panel, and tells how long its icon took.
func startTimed(b *testing.B, program string, w *desktoptest.World) (*desktoptest.Program, *desktoptest.Panel, time.Duration) {
	b.Helper()
	bus, _ := desktoptest.StartBus(b)
	panel := desktoptest.NewPanel(b, bus)
	desktoptest.NewNotifications(b, bus, 0, "actions", "body", "body-markup").Appear()
	begun := time.Now()
	p := desktoptest.Child{Path: program, Home: w.Desktop.Home, Bus: bus}.Start(b)
	panel.Registered()
	return p, panel, time.Since(begun)
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

// resident is the memory of a process that is not shared with files, in megabytes.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	return float64(field(b, fmt.Sprintf("/proc/%d/status", pid), "VmRSS:")) / 1024
}

// field is a number in a file of /proc.
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
