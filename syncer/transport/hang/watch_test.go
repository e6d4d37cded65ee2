package hang

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/transporttest"
)

// place is a Transport whose calls take their time.
type place struct {
	transport.Transport
	list, open, read time.Duration
	answer           time.Duration // of FreeSpace
	cloud            bool          // the file x is only in the cloud
}

func (p place) String() string { return "/mnt/nas" }

func (p place) List(context.Context, string) ([]transport.File, error) {
	<-time.After(p.list)
	if p.cloud {
		return []transport.File{{Name: "x", Problem: transport.ErrNotDownloaded}}, nil
	}
	return nil, nil
}

func (p place) Open(context.Context, string) (transport.Content, error) {
	<-time.After(p.open)
	return slowContent(p), nil
}

func (p place) Marked() bool { return true }

func (p place) Writable() error { return nil }

func (p place) FreeSpace() (int64, error) {
	<-time.After(p.answer)
	return 1, nil
}

type slowContent place

func (c slowContent) Close() error { return nil }

func (c slowContent) Size() int64 { return 1 }

func (c slowContent) ReadAt(b []byte, _ int64) (int, error) {
	<-time.After(c.read)
	return len(b), nil
}

// readAll is work: it lists, then reads many parts of a file.
func readAll(ctx context.Context, t transport.Transport, parts int) error {
	if _, err := t.List(ctx, ""); err != nil {
		return err
	}
	c, err := t.Open(ctx, "x")
	if err != nil {
		return err
	}
	for range parts {
		if _, err := c.ReadAt(make([]byte, 1), 0); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	return c.Close()
}

func TestOnlyAPlaceThatDoesNotAnswerIsGivenUp(t *testing.T) {
	const never, word = 10 * time.Minute, 10 * time.Second
	for _, c := range []struct {
		name  string
		place place
		gone  bool
	}{
		{"quick", place{}, false},
		{"every read takes seconds", place{list: 3 * time.Second, open: 7 * time.Second, read: 7 * time.Second}, false},
		{"a list takes minutes, and the place gives signs of life", place{list: 3 * time.Minute, answer: time.Second}, false},
		{"a list takes minutes, and the signs of life are slow", place{list: 3 * time.Minute, answer: 4 * time.Second}, false},
		{"what is in the cloud takes a minute to come", place{read: time.Minute, cloud: true}, false},
		{"what is in the cloud does not come, and neither does a sign of life", place{read: never, answer: never, cloud: true}, true},
		{"a list does not come back", place{list: never, answer: never}, true},
		{"an open does not come back", place{open: never}, true},
		{"a read does not come back", place{read: never}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w Watch
				begun := time.Now()
				tr := w.Transport(c.place)
				result := make(chan error, 1)
				left, err := w.Run(t.Context(), func(ctx context.Context) { result <- readAll(ctx, tr, 20) })
				if !c.gone {
					if err != nil || left != nil || <-result != nil {
						t.Errorf("got %v after %v, want no error", err, time.Since(begun))
					}
					<-time.After(c.place.answer) // the last sign of life
					return
				}
				var away *transport.UnavailableError
				if !errors.As(err, &away) || !away.Silent || away.Place != "/mnt/nas" {
					t.Errorf("got %v, want that the place does not answer", err)
				}
				if took := time.Since(begun); took > word {
					t.Errorf("got a word after %v, want %v at most", took, word)
				}
				<-left
				<-time.After(c.place.answer)
				if err := <-result; !errors.As(err, &away) {
					t.Errorf("the work that was left behind got %v, want the same error", err)
				}
			})
		})
	}
}

func TestTimeWithoutACallIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Watch
		tr := w.Transport(place{list: time.Second, answer: 2 * time.Hour}) // nobody asks it
		_, err := w.Run(t.Context(), func(ctx context.Context) {
			_, _ = tr.List(ctx, "")
			<-time.After(time.Hour) // a transcript of gigabytes is compared
			_, err := tr.List(ctx, "")
			if err != nil {
				t.Error(err)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWorkThatDoesNotStopIsLeftBehindAndFreesItsLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := Watch{Grace: time.Second}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		freed, begun := 0, time.Now()
		end := make(chan struct{})
		left, err := w.Run(ctx, func(context.Context) {
			free := w.Hold(func() { freed++ })
			defer free()
			<-end
		})
		if !errors.Is(err, context.Canceled) || time.Since(begun) != time.Minute+w.Grace {
			t.Errorf("got %v after %v, want an end after the grace", err, time.Since(begun))
		}
		if freed != 1 {
			t.Errorf("got the lock freed %d times, want 1", freed)
		}
		close(end)
		<-left
		if freed != 1 {
			t.Errorf("got the lock freed %d times in the end, want 1", freed)
		}
	})
}

func TestAWatchedTransportKeepsEveryPower(t *testing.T) {
	transporttest.Run(t, func(t *testing.T) transport.Transport {
		f := transport.NewFolder(t.TempDir())
		if err := f.Prepare(); err != nil {
			t.Fatal(err)
		}
		var w Watch
		return w.Transport(f)
	})
}

func TestADraftThatWasLeftBehindReplacesNothing(t *testing.T) {
	f := transport.NewFolder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	var w Watch
	d, err := w.Transport(f).Create(t.Context(), "app/s.ccsync")
	if err != nil {
		t.Fatal(err)
	}
	w.giveUp(func() {})
	// The call that is in the kernel goes on below the watch.
	if err := d.(draft).Draft.Commit(); err == nil {
		t.Error("a call that was left behind has replaced a file")
	}
	if files, err := f.List(t.Context(), "app"); err != nil || len(files) != 0 {
		t.Errorf("got %v, %v, want no file", files, err)
	}
}
