package tray

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"claude-sync/icons"
	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/transport/provider"
	"claude-sync/tray/internal/queue"
)

func pull() command.Command { return command.Command{Verb: command.Pull, Project: app} }

func push() command.Command { return command.Command{Verb: command.Push, Project: app} }

func TestDoubleClicksAreOnePieceOfWork(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.do = until(b.end) }, func(b *bubble) {
		b.click(pull(), pull(), push(), pull(), push())
		close(b.end)
		b.pass(time.Second)
		b.wantDone(pull(), push())
		b.click(pull()) // once it has ended, a click means another
		b.wantDone(pull(), push(), pull())
	})
}

func TestWorkIsDoneInTheOrderOfClicksAndOneAtATime(t *testing.T) {
	other := command.Command{Verb: command.Forget, Project: "name:old"}
	inBubble(t, func(b *bubble) {
		b.engine.do = func(ctx context.Context, _ command.Command, _ func(syncer.Progress)) ([]syncer.Event, error) {
			<-time.After(time.Minute)
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(push(), other, pull())
		b.pass(10 * time.Minute)
		b.wantDone(push(), other, pull())
		if b.engine.most != 1 {
			t.Errorf("got %d pieces of work at a time, want 1", b.engine.most)
		}
	})
}

func TestAPullOfMinutesShowsHowFarItIsAndTakesClicks(t *testing.T) {
	opened := 0
	inBubble(t, func(b *bubble) {
		b.desktop.OpenPath = func(context.Context, string) error { opened++; return nil }
		b.engine.do = func(ctx context.Context, _ command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
			for step := range 12 {
				for range 10000 { // each block of each session is reported
					progress(syncer.Progress{Step: step + 1, Steps: 12, Label: "app"})
				}
				<-time.After(20 * time.Second)
			}
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(pull())
		b.pass(50 * time.Second)
		b.wantLabel("Pulling 3 of 12")
		b.wantLabel("Stop")
		if got := b.picture().Icon; got != icons.Working {
			t.Errorf("got icon %v, want %v", got, icons.Working)
		}
		b.click(command.Command{Verb: command.OpenFolder, Path: "/code/app"})
		if opened != 1 {
			t.Errorf("got %d folders opened during the pull, want 1", opened)
		}
		b.pass(4 * time.Minute)
		b.wantNoLabel("Stop")
		b.wantLabel("Up to date")
	})
}

func TestThePictureChangesAtMostOnceIn150Milliseconds(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.do = func(ctx context.Context, _ command.Command, progress func(syncer.Progress)) ([]syncer.Event, error) {
			for i := range 2000 {
				progress(syncer.Progress{Step: 1, Steps: 1, Label: "app", Bytes: int64(i) << 20})
				<-time.After(7 * time.Millisecond)
			}
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(pull())
		b.pass(20 * time.Second)
		all := b.host.all()
		if len(all) < 50 {
			t.Errorf("got %d pictures in 14 s of work, want about 90", len(all))
		}
		for i := range all[1:] {
			if d := all[i+1].at.Sub(all[i].at); d < minRepaint {
				t.Fatalf("picture %d came %v after the one before, want %v at least", i+1, d, minRepaint)
			}
		}
	})
}

func TestTheSamePictureIsNotShownTwice(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.picture()
		before := len(b.host.all())
		for range 20 {
			b.click(command.Command{Verb: command.LookAgain})
			b.pass(time.Second)
		}
		if got := len(b.host.all()) - before; got > 1 { // "just now" does not change within seconds
			t.Errorf("got %d pictures of looks that found nothing new, want 1 at most", got)
		}
	})
}

func TestSetUpMayArriveLater(t *testing.T) {
	use := command.Command{Verb: command.UseFolder, Path: "/home/me/Dropbox/claude-sync"}
	inBubble(t, func(b *bubble) {
		b.engine.set(Seen{Candidates: []provider.Candidate{{Provider: "Dropbox", Dir: use.Path}}, Folders: []string{"/home/me/.config"}}, syncer.ErrNotSetUp)
	}, func(b *bubble) {
		b.wantLabel("Use Dropbox/claude-sync")
		if got := b.picture().Icon; got != icons.Off {
			t.Errorf("got icon %v, want %v", got, icons.Off)
		}
		if got := b.watcher.folders; !slices.Equal(got, []string{"/home/me/.config"}) {
			t.Errorf("got %q watched, want the place where a configuration would come", got)
		}
		b.click(use)
		b.wantDone(use)
		// The same when the command line does it, and nothing but the watcher tells.
		b.engine.set(Seen{Snapshot: quiet()}, nil)
		b.watcher.changes <- struct{}{}
		b.pass(debounce)
		b.wantNoLabel("Use Dropbox")
		b.wantLabel("Up to date")
	})
}

func TestStopEndsTheWorkAndWhatWaitsBehindIt(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.do = until(nil) }, func(b *bubble) {
		b.click(pull(), push())
		b.click(command.Command{Verb: command.Stop})
		b.pass(time.Second)
		b.wantDone(pull())
		b.wantNoLabel("failed")
		for _, n := range b.told() {
			for _, e := range n.Events {
				t.Errorf("what was stopped was told as %v", e)
			}
		}
		b.click(pull())
		b.wantDone(pull(), pull())
	})
}

func TestAStopThatTakesItsTimeIsShown(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.do = func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
			<-time.After(time.Minute) // a network folder
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(pull())
		b.click(command.Command{Verb: command.Stop})
		b.wantLabel("Stopping")
		b.click(pull()) // a person changed their mind
		b.pass(2 * time.Minute)
		b.wantDone(pull(), pull())
	})
}

func TestQuitDuringWorkLetsItEnd(t *testing.T) {
	whole := false
	inBubble(t, func(b *bubble) {
		b.engine.do = func(ctx context.Context, _ command.Command, _ func(syncer.Progress)) ([]syncer.Event, error) {
			<-ctx.Done()
			<-time.After(stopTimeout / 2) // its last rename
			whole = true
			return nil, ctx.Err()
		}
	}, func(b *bubble) {
		b.click(pull(), push())
		b.click(command.Command{Verb: command.Quit})
		<-b.over
		if !whole {
			t.Error("the program ended before the work")
		}
		b.wantDone(pull())
	})
}

func TestQuitDoesNotWaitForWorkThatHangs(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.do = func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
			<-b.end
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(pull())
		begun := time.Now()
		b.stop()
		<-b.over
		if got := time.Since(begun); got != stopTimeout {
			t.Errorf("got an end after %v, want %v", got, stopTimeout)
		}
		close(b.end)
		synctest.Wait()
	})
}

func TestAFailureIsShownUntilTheNextThingIsAsked(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.do = func(_ context.Context, c command.Command, _ func(syncer.Progress)) ([]syncer.Event, error) {
			if c.Verb == command.Push {
				return nil, errors.New("no space left")
			}
			return nil, nil
		}
	}, func(b *bubble) {
		b.click(push())
		b.wantLabel("no space left")
		b.pass(time.Hour)
		b.wantLabel("no space left")
		b.click(pull())
		b.wantNoLabel("no space left")
		news := b.told()
		at := slices.IndexFunc(news, func(n News) bool { return n.Asked == push() })
		if at < 0 || len(news[at].Events) != 1 || news[at].Events[0].Kind != syncer.Failed {
			t.Errorf("got news %+v, want the failed push among them", news)
		}
	})
}

func TestNothingIsPulledUnasked(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.set(Seen{Snapshot: behind()}, nil) }, func(b *bubble) {
		b.pass(24 * time.Hour)
		b.wantDone()
		b.wantLabel("Pull all (1)")
	})
}

func TestAPullThatWasHeldIsAskedAgainWhenTheSessionIsLeft(t *testing.T) {
	again := command.Command{Verb: command.Pull, Project: app, Session: sessionID}
	held := behind()
	held.Projects[0].Sessions[0].Open = true
	inBubble(t, func(b *bubble) {
		b.engine.set(Seen{Snapshot: held}, nil)
		b.engine.do = func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
			return []syncer.Event{{Kind: syncer.Held, Project: app, Session: sessionID}}, nil
		}
	}, func(b *bubble) {
		b.click(pull())
		b.pass(time.Hour)
		b.wantDone(pull())
		b.engine.set(Seen{Snapshot: behind()}, nil)
		b.watcher.changes <- struct{}{}
		b.pass(debounce)
		b.wantDone(pull(), again)
	})
}

func TestAChoiceThatCouldNotBeCarriedOutIsShown(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.engine.do = func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
			return []syncer.Event{{Kind: syncer.Held, Project: app, Label: "app", Session: sessionID}}, nil
		}
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.TakeTheirs, Project: app, Session: sessionID, Machine: "laptop"})
		b.wantLabel("is open in Claude Code")
	})
}

func TestNewsMayBeTakenSlowlyAndStayInOrder(t *testing.T) {
	var got []command.Verb
	inBubble(t, func(b *bubble) {
		b.loop.news.Close()
		b.loop.news = queue.New(func(n News) {
			<-time.After(10 * time.Second) // a notification service that hangs
			got = append(got, n.Asked.Verb)
		})
	}, func(b *bubble) {
		b.click(push())
		b.click(pull())
		b.wantDone(push(), pull()) // at once
		b.stop()
		<-b.over
		b.pass(2 * time.Minute) // the last news is still taken
		want := []command.Verb{"", command.Push, "", command.Pull, ""}
		if !slices.Equal(slices.Compact(got), want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestASecondStartMakesTheFirstSayItsState(t *testing.T) {
	inBubble(t, func(b *bubble) { b.engine.do = until(b.end) }, func(b *bubble) {
		b.engine.set(Seen{Snapshot: behind()}, nil)
		b.shows <- struct{}{}
		b.pass(0)
		b.wantSaid("1 to pull")
		b.click(pull())
		b.shows <- struct{}{}
		b.pass(0)
		b.wantSaid("pulling") // it does not wait for the pull
		close(b.end)
	})
}

func (b *bubble) wantSaid(part string) {
	b.t.Helper()
	news := b.told()
	last := slices.IndexFunc(news, func(n News) bool { return n.Say != "" && containsFold(n.Say, part) })
	if last < 0 {
		b.t.Errorf("got %+v, want %q to be said", news, part)
	}
}
