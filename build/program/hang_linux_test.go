package program

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
)

const (
	// word is how long a person may wait for a word that the sync folder does not answer.
	word = 10 * time.Second
	// end is how long the program may take to end when it is told to.
	end = 2 * time.Second
	// slack is for a machine that does other things, too.
	slack = 2 * time.Second
)

// silentDesk is a desk with a session to push, whose sync folder does not answer.
func silentDesk(t *testing.T) (d *desk, answer func()) {
	t.Helper()
	d = newDesk(t)
	d.Desktop.Writes(d.app, desktoptest.SessionNumber(1), 1, "hello")
	return d, desktoptest.Hang(t, d.Share)
}

// within reports a thing that took too long.
func within(t *testing.T, what string, begun time.Time, most time.Duration) {
	t.Helper()
	took := time.Since(begun)
	t.Logf("%s: %v", what, took.Round(10*time.Millisecond))
	if took > most+slack {
		t.Errorf("%s took %v, want %v at most", what, took, most)
	}
}

// free fails if another process cannot have the lock at once.
func (d *desk) free() {
	d.t.Helper()
	if d.locked() {
		d.t.Error("the lock is not free")
	}
}

func TestAVerbSaysThatTheSyncFolderDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"status", "list --all", "push --all", "pull", "doctor"} {
		t.Run(verb, func(t *testing.T) {
			d, answer := silentDesk(t)
			begun := time.Now()
			p := d.child(strings.Fields(verb)...).Start(t)
			if code := p.Ends(); code != 1 {
				t.Errorf("got exit %d, want 1", code)
			}
			within(t, verb, begun, word)
			if text := p.Output(); strings.Count(text, "does not answer") != 1 || !strings.Contains(text, d.Share) {
				t.Errorf("got %q, want one line that %s does not answer", text, d.Share)
			}
			d.free()
			answer()
			if p := d.child("push", "--all").Start(t); p.Ends() != 0 || !strings.Contains(p.Output(), "pushed") {
				t.Errorf("after it answers again, a push says %q", p.Output())
			}
		})
	}
}

func TestASignalEndsAVerbWhoseSyncFolderDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			d, _ := silentDesk(t)
			p := d.child("push", "--all").Start(t)
			d.until("the push at work", func() bool { return d.locked() })
			begun := time.Now()
			p.Signal(s)
			if code := p.Ends(); code != 1 {
				t.Errorf("got exit %d, want 1", code)
			}
			within(t, "the end", begun, end)
			d.free()
		})
	}
}

// The output of a command in a pipe ends with the command, although a thread of it is still there.
func TestAPipeEndsWithAVerbWhoseSyncFolderDoesNotAnswer(t *testing.T) {
	d, _ := silentDesk(t)
	c := d.child().Command()
	for reader, want := range map[string]string{"cat": "does not answer", "true": ""} { // true does not wait for a word
		c = &exec.Cmd{Path: "/bin/sh", Args: []string{"sh", "-c", `"$0" status 2>&1 | "$1"; echo ended`, d.path, need(t, reader)}, Env: c.Env}
		begun := time.Now()
		out, err := c.CombinedOutput()
		within(t, "the pipe to "+reader, begun, word)
		if err != nil || !strings.Contains(string(out), want) || !strings.HasSuffix(string(out), "ended\n") {
			t.Errorf("%s: got %q, %v", reader, out, err)
		}
	}
}

func TestTheTraySaysThatTheSyncFolderDoesNotAnswer(t *testing.T) {
	d, answer := silentDesk(t)
	d.notes.Appear()
	d.newPanel()
	begun := time.Now()
	d.program = d.child().Start(t)
	d.panel.Registered()
	within(t, "the icon", begun, end)
	begun = time.Now()
	d.panel.Shows("", "Sync folder not available")
	within(t, "the word", begun, word)
	d.wantNote("Sync folder not available", "Sync folder "+d.Share+" is not available: it does not answer (server or network gone?)\nNothing was changed.", "Choose another…")
	answer()
	d.panel.Shows("", "1 to push") // by itself
	d.quits()
}

func TestTheTrayEndsAlthoughTheSyncFolderDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"Quit", "SIGTERM"} {
		for _, when := range []string{"at once", "after the word"} {
			t.Run(how+" "+when, func(t *testing.T) {
				d, _ := silentDesk(t)
				d.notes.Appear()
				d.newPanel()
				d.program = d.child().Start(t)
				d.panel.Registered()
				if when == "after the word" {
					d.panel.Shows("", "Sync folder not available")
				}
				quit := d.panel.Shows("", "Quit")
				begun := time.Now()
				if how == "Quit" {
					d.panel.Click(quit)
				} else {
					d.program.Signal(syscall.SIGTERM)
				}
				if code := d.program.Ends(); code != 0 {
					t.Errorf("got exit %d, want 0", code)
				}
				within(t, "the end", begun, end)
				d.free()
			})
		}
	}
}

// locked reports whether a process of the desktop is at work.
func (d *desk) locked() bool {
	f, err := os.OpenFile(d.Desktop.Paths.Lock, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	d.must(err)
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}

// until waits for something that no event tells.
func (d *desk) until(what string, is func() bool) {
	d.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(desktoptest.TooLong)
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			d.t.Fatalf("there was no %s", what)
		}
	}
}
