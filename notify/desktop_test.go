package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"claude-sync/syncer/command"
)

// scripted is a desktop whose answers the test gives.
type scripted struct {
	answer func(ctx context.Context, n Note) error
	ring   func()
	shown  []string
	closed bool
}

func (s *scripted) show(ctx context.Context, n Note) error {
	err := s.answer(ctx, n)
	if err == nil {
		s.shown = append(s.shown, n.ID+" "+n.Title)
	}
	return err
}

func (s *scripted) close() { s.closed = true }

// failures collects what could not be shown.
type failures struct{ all []string }

func (f *failures) add(n Note, err error) { f.all = append(f.all, fmt.Sprintf("%s: %v", n.ID, err)) }

// scriptedDesktop is a Desktop in front of it. It is for synctest bubbles, where Wait orders all memory.
func scriptedDesktop(answer func(context.Context, Note) error) (*Desktop, *scripted, *failures) {
	s, f := &scripted{answer: answer}, &failures{}
	d := start(Options{Failed: f.add}, showTimeout, func(_ Options, ring func()) carrier {
		s.ring = ring
		return s
	})
	return d, s, f
}

func show(t *testing.T, d *Desktop, notes ...Note) {
	t.Helper()
	for _, n := range notes {
		if err := d.Show(t.Context(), n); err != nil {
			t.Fatalf("%s: got %v", n.ID, err)
		}
	}
}

func numbered(n int) Note { return Note{ID: fmt.Sprint(n), Title: "t"} }

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestASlowServiceBlocksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, f := scriptedDesktop(func(context.Context, Note) error {
			<-time.After(10 * time.Second) // of the bubble's clock
			return nil
		})
		began := time.Now()
		show(t, d, numbered(1), numbered(2))
		if took := time.Since(began); took != 0 {
			t.Errorf("Show: got %v, want to return at once", took)
		}
		<-time.After(20 * time.Second)
		synctest.Wait()
		wantLines(t, "shown", s.shown, "1 t", "2 t")
		wantLines(t, "failed", f.all)
		d.Close()
	})
}

func TestAServiceThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, f := scriptedDesktop(func(ctx context.Context, n Note) error {
			if n.ID == "2" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		show(t, d, numbered(1), numbered(2))
		<-time.After(showTimeout)
		synctest.Wait()
		wantLines(t, "shown", s.shown, "2 t")
		wantLines(t, "failed", f.all, "1: context deadline exceeded")
		d.Close()
	})
}

func TestTheOldestOfTooManyIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		d, s, f := scriptedDesktop(func(context.Context, Note) error {
			<-open
			return nil
		})
		show(t, d, numbered(0))
		synctest.Wait() // it is in the service's hands
		for i := range maxWaiting + 2 {
			show(t, d, numbered(i+1))
		}
		close(open)
		synctest.Wait()
		if len(s.shown) != maxWaiting+1 || s.shown[1] != "3 t" {
			t.Errorf("got %d notes, %q…, want %d, the first two that waited dropped", len(s.shown), s.shown[:2], maxWaiting+1)
		}
		wantLines(t, "failed", f.all, "1: "+errTooMany.Error(), "2: "+errTooMany.Error())
		d.Close()
	})
}

func TestANewerNoteTakesThePlaceOfOneThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		d, s, _ := scriptedDesktop(func(context.Context, Note) error {
			<-open
			return nil
		})
		show(t, d, Note{ID: "a", Title: "in hand"})
		synctest.Wait()
		show(t, d, Note{ID: "b", Title: "old"}, Note{ID: "c"}, Note{ID: "b", Title: "new"})
		close(open)
		synctest.Wait()
		wantLines(t, "shown", s.shown, "a in hand", "c ", "b new")
		d.Close()
	})
}

func TestNotesWaitForAServiceThatIsNotThereYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there := false
		d, s, f := scriptedDesktop(func(context.Context, Note) error {
			if !there {
				return errAbsent
			}
			return nil
		})
		show(t, d, Note{ID: "a", Title: "old"}, numbered(1))
		synctest.Wait()
		show(t, d, Note{ID: "a", Title: "new"})
		synctest.Wait()
		wantLines(t, "shown before", s.shown)
		there = true
		s.ring()
		synctest.Wait()
		wantLines(t, "shown", s.shown, "1 t", "a new")
		wantLines(t, "failed", f.all)
		d.Close()
	})
}

func TestANoteInHandIsNotPutBackOverANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := make(chan error, 1)
		d, s, _ := scriptedDesktop(func(context.Context, Note) error { return <-answers })
		show(t, d, Note{ID: "a", Title: "old"})
		synctest.Wait()
		show(t, d, Note{ID: "a", Title: "new"})
		answers <- errAbsent
		synctest.Wait()
		close(answers)
		s.ring()
		synctest.Wait()
		wantLines(t, "shown", s.shown, "a new")
		d.Close()
	})
}

// What could not be shown and was put back is the oldest: it goes when there is no room.
func TestAnAbsentServiceDoesNotFillTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _, f := scriptedDesktop(func(context.Context, Note) error { return errAbsent })
		for i := range 10 * maxWaiting {
			show(t, d, numbered(i))
			synctest.Wait()
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if got := len(d.queue); got != maxWaiting || d.queue[maxWaiting-1].ID != fmt.Sprint(10*maxWaiting-1) {
			t.Errorf("got %d notes, want the newest %d", got, maxWaiting)
		}
		if got, want := len(f.all), 9*maxWaiting; got != want {
			t.Errorf("failed: got %d, want %d", got, want)
		}
		d.mu.Unlock()
		d.Close()
		d.mu.Lock()
	})
}

func TestCloseDoesNotWaitForAServiceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, f := scriptedDesktop(func(ctx context.Context, _ Note) error {
			<-ctx.Done()
			return ctx.Err()
		})
		show(t, d, numbered(1), numbered(2))
		synctest.Wait()
		began := time.Now()
		d.Close()
		d.Close()
		if took := time.Since(began); took != 0 || !s.closed {
			t.Errorf("got %v, closed %v, want at once and closed", took, s.closed)
		}
		wantLines(t, "failed", f.all) // it was not the service's fault
		if err := d.Show(t.Context(), numbered(3)); !errors.Is(err, ErrClosed) {
			t.Errorf("Show after Close: got %v, want ErrClosed", err)
		}
	})
}

func TestShowHeedsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, _ := scriptedDesktop(func(context.Context, Note) error { return nil })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Show(ctx, numbered(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		synctest.Wait()
		wantLines(t, "shown", s.shown)
		d.Close()
	})
}

func TestNobodyNeedsToListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(Options{}, showTimeout, func(o Options, _ func()) carrier {
			o.Clicked(command.Command{})
			return &scripted{answer: func(context.Context, Note) error { return errors.New("no") }}
		})
		show(t, d, numbered(1))
		synctest.Wait()
		d.Close()
	})
}

func TestMarkupIsEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain 'text'\nof two lines": "plain 'text'\nof two lines", "R&D <b>": "R&amp;D &lt;b&gt;", "&lt;": "&amp;lt;",
	} {
		if got := markup(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The text goes into CDATA inside a PowerShell here-string between @" and "@.
func TestDisarmLeavesNothingToRun(t *testing.T) {
	for _, in := range []string{"]]><action/>", "]]]]>>", "$(calc)", "$env:PATH", "`n", "a\n\"@\ncalc", "]]$>"} {
		got := disarm(in)
		if strings.Contains(got, "]]>") || strings.ContainsAny(got, "$`\"") {
			t.Errorf("%q: got %q", in, got)
		}
	}
	if got := disarm("R&D <b> 'x' costs 5 €\nso"); got != "R&D <b> 'x' costs 5 €\nso" {
		t.Errorf("got %q, want it as it was", got)
	}
}

func TestEachReasonForALostNoteIsComplainedOfOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		said := make(chan string, 10)
		failed := Complaints(func(err error) { said <- err.Error() })
		for _, why := range []string{"no room", "no room", "no light", "no room"} {
			failed(Note{Title: "2 sessions from laptop"}, errors.New(why))
			synctest.Wait()
		}
		close(said)
		var got []string
		for s := range said {
			got = append(got, s)
		}
		wantLines(t, "complaints", got, `the notification "2 sessions from laptop" was not shown: no room`,
			`the notification "2 sessions from laptop" was not shown: no light`)
	})
}
