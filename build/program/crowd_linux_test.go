package program

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/ccsync"
)

var crowdTime = flag.Duration("crowd", 0, "how long the crowd goes on; the default is a few rounds")

// crowdRounds and crowdClicks are the least numbers of commands and of clicks in the menu.
const crowdRounds, crowdClicks = 6, 5

// TestACrowdLosesNothing pushes and pulls the same project from several sides at once: by the tray, clicked as soon
// as its menu shows something to click, by a command line on the desktop, and by another one on the laptop. Claude
// Code meanwhile writes rows on both machines into one session that neither reports as open. Commands report every
// problem, none of them hangs, and in the end both machines hold every row.
//
//	go test -race -run TestACrowdLosesNothing ./build/program -crowd 1m
func TestACrowdLosesNothing(t *testing.T) {
	c := crowd{desk: running(t), id: desktoptest.SessionNumber(1), ids: map[string]bool{}}
	c.write(c.Desktop)
	c.Desktop.Pushes()
	c.Laptop.Pulls()
	var all sync.WaitGroup
	done := make(chan struct{})
	all.Go(func() { c.commands(c.Desktop) })
	all.Go(func() { c.commands(c.Laptop) })
	go func() { all.Wait(); close(done) }()
	var writers sync.WaitGroup
	writers.Go(func() { c.writes(c.Desktop, done) })
	writers.Go(func() { c.writes(c.Laptop, done) })
	c.clicks(done)
	writers.Wait()
	t.Logf("%d rows, %d clicks, %d commands", len(c.ids), c.clicked, c.ran)

	c.rest()
	c.quits()
	for _, m := range []desktoptest.Machine{c.Desktop, c.Laptop} {
		c.holdsAll(m)
	}
}

// crowd is the state that all sides share.
type crowd struct {
	*desk
	id ccsync.SessionID

	mu      sync.Mutex // guards the fields below
	ids     map[string]bool
	ran     int
	clicked int
}

// write appends a row on a machine, as Claude Code does.
func (c *crowd) write(m desktoptest.Machine) {
	c.mu.Lock()
	n := len(c.ids) + 1
	c.ids[fmt.Sprintf("%08d-0000-4000-8000-000000000000", n)] = true
	c.mu.Unlock()
	m.Writes(filepath.Join(m.Code, "app"), c.id, n, fmt.Sprintf("row %d of %s %s", n, filepath.Base(m.Home), strings.Repeat("and so on ", 200)))
}

// writes appends rows until done is closed, often enough that some rows come while a command or the tray is about to
// replace the transcript.
func (c *crowd) writes(m desktoptest.Machine, done <-chan struct{}) {
	for again := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-again.C:
			c.write(m)
		case <-done:
			return
		}
	}
}

// commands runs commands one after the other on a machine, until all sides have done enough.
func (c *crowd) commands(m desktoptest.Machine) {
	began := time.Now()
	for n := 0; n < crowdRounds || time.Since(began) < *crowdTime || c.clickedSoFar() < crowdClicks; n++ {
		if time.Since(began) > *crowdTime+desktoptest.TooLong {
			c.t.Errorf("the menu was clicked %d times, want %d at least", c.clickedSoFar(), crowdClicks)
			return
		}
		for _, args := range [][]string{{"push", "--all"}, {"pull", "--overwrite"}} {
			c.run(m, args...)
		}
	}
}

// allowed matches what a command may print when it could not do everything: the transcript was written to meanwhile,
// or a conflict has more than two branches, or a settled conflict came back.
var allowed = regexp.MustCompile(`it changed while it was being read|continued on|hint: |another claude-sync is at work`)

// command runs claude-sync in a machine's checkout.
func (c *crowd) command(m desktoptest.Machine, args ...string) *exec.Cmd {
	child := desktoptest.Child{Path: os.Getenv(builtAt), Args: args, Home: m.Home, Bus: c.bus, Env: []string{"PATH=" + c.bin}}
	cmd := child.Command()
	cmd.Dir = filepath.Join(m.Code, "app")
	return cmd
}

func (c *crowd) run(m desktoptest.Machine, args ...string) {
	cmd := c.command(m, args...)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		c.t.Error(err)
		return
	}
	stuck := time.AfterFunc(desktoptest.TooLong, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	if !stuck.Stop() {
		c.t.Errorf("%s: %v did not end", filepath.Base(m.Home), args)
	}
	c.mu.Lock()
	c.ran++
	c.mu.Unlock()
	if err == nil {
		return
	}
	for line := range strings.Lines(said.String()) {
		if !allowed.MatchString(line) {
			c.t.Errorf("%s: %v: %v: %s", filepath.Base(m.Home), args, err, line)
		}
	}
}

func (c *crowd) clickedSoFar() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clicked
}

// clicks clicks every pull and push in the menu until done is closed.
func (c *crowd) clicks(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		for _, text := range []string{"Pull all (", "Push all ("} {
			if r, ok := desktoptest.Find(c.panel.Menu(), text); ok && r.Enabled {
				c.panel.ClickAtOnce(r)
				c.mu.Lock()
				c.clicked++
				c.mu.Unlock()
			}
		}
	}
}

// rest pushes and pulls on both machines until nothing is left to do.
func (c *crowd) rest() {
	c.t.Helper()
	for range 20 {
		busy := false
		for _, m := range []desktoptest.Machine{c.Desktop, c.Laptop} {
			for _, args := range [][]string{{"pull", "--overwrite"}, {"push", "--all"}} {
				var said strings.Builder
				cmd := c.command(m, args...)
				cmd.Stderr = &said
				out, err := cmd.Output()
				if err != nil {
					c.t.Fatalf("%s: %v: %v: %s", filepath.Base(m.Home), args, err, said.String())
				}
				busy = busy || len(out) > 0
			}
		}
		if !busy {
			return
		}
	}
	c.t.Fatal("the machines do not come to rest")
}

// holdsAll checks that a machine's session has every row, and that no row of any transcript is torn.
func (c *crowd) holdsAll(m desktoptest.Machine) {
	c.t.Helper()
	missing := maps.Clone(c.ids)
	for name, text := range transcriptsOf(c.t, m) {
		for row := range strings.Lines(text) {
			var r struct{ UUID string }
			if err := json.Unmarshal([]byte(row), &r); err != nil {
				c.t.Errorf("%s: %s has the row %.80q: %v", filepath.Base(m.Home), name, row, err)
			}
			if name == string(c.id) {
				delete(missing, r.UUID)
			}
		}
	}
	if len(missing) > 0 {
		c.t.Errorf("%s lost %d of %d rows: %v", filepath.Base(m.Home), len(missing), len(c.ids), slices.Sorted(maps.Keys(missing)))
	}
}
