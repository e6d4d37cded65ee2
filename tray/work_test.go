package tray

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/tray/desk"
	"claude-sync/tray/menu"
	"claude-sync/tray/panel"
)

var errNoOpener = errors.New("no program for it was found")

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

func TestAFolderIsChosenBesideTheWorkAndUsedAfterIt(t *testing.T) {
	dialogs := 0
	inBubble(t, func(b *bubble) {
		b.engine.do = until(b.end)
		b.desktop.ChooseFolder = func(context.Context, string, string) (string, error) {
			dialogs++
			<-time.After(time.Minute) // a person looks around
			return "/new", nil
		}
	}, func(b *bubble) {
		b.click(pull(), command.Command{Verb: command.ChooseFolder}, command.Command{Verb: command.ChooseFolder})
		b.pass(2 * time.Minute)
		if dialogs != 1 {
			t.Errorf("got %d dialogs, want 1", dialogs)
		}
		b.wantDone(pull())
		close(b.end)
		b.pass(time.Second)
		b.wantDone(pull(), command.Command{Verb: command.UseFolder, Path: "/new"})
	})
}

func TestALocatedFolderIsRegisteredForItsProject(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.desktop.ChooseFolder = func(_ context.Context, title, _ string) (string, error) {
			if !strings.Contains(title, "app") {
				t.Errorf("got the title %q, want the project in it", title)
			}
			return "/moved/app", nil
		}
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.Locate, Project: app, Path: "/gone/app"})
		b.wantDone(command.Command{Verb: command.Located, Project: app, Path: "/moved/app"})
	})
}

// otherProject is what the engine says of a chosen folder until the two are joined.
func otherProject(_ context.Context, c command.Command, _ func(syncer.Progress)) ([]syncer.Event, error) {
	if c.Verb == command.Located {
		return nil, &syncer.OtherProjectError{Cwd: c.Path, Is: "name:mirror", Wanted: c.Project}
	}
	return nil, nil
}

func TestAFolderOfAnotherProjectIsJoinedOnlyByAYes(t *testing.T) {
	located, join := command.Command{Verb: command.Located, Project: app, Path: "/mirror"}, command.Command{Verb: command.Join, Project: app, Path: "/mirror"}
	for name, c := range map[string]struct {
		answer error
		want   []command.Command
		told   string
	}{
		"yes":       {nil, []command.Command{located, join, {Verb: command.Pull, Project: app}}, ""},
		"no":        {desk.ErrNotChosen, []command.Command{located}, ""},
		"no dialog": {errNoOpener, []command.Command{located}, "Join and pull"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bubble) {
				b.engine.do = otherProject
				b.desktop.ChooseFolder = func(context.Context, string, string) (string, error) { return "/mirror", nil }
				b.desktop.Confirm = func(_ context.Context, question, yes string) error {
					if !strings.Contains(question, "/mirror has no remote") || yes != "Join and pull" {
						t.Errorf("got the question %q, %q", question, yes)
					}
					return c.answer
				}
			}, func(b *bubble) {
				b.click(command.Command{Verb: command.Locate, Project: app})
				b.pass(time.Second)
				b.wantDone(c.want...)
				if c.told != "" {
					b.wantLabel(c.told)
					return
				}
				b.wantNoLabel("failed")
				for _, n := range b.told() {
					if len(n.Events) > 0 || n.Say != "" {
						t.Errorf("got the news %+v, want none", n)
					}
				}
			})
		})
	}
}

func TestAJoinThatFailedPullsNothing(t *testing.T) {
	join := command.Command{Verb: command.Join, Project: app, Path: "/mirror"}
	inBubble(t, func(b *bubble) {
		b.engine.do = func(context.Context, command.Command, func(syncer.Progress)) ([]syncer.Event, error) {
			return nil, errBroken
		}
	}, func(b *bubble) {
		b.click(join)
		b.pass(time.Second)
		b.wantDone(join)
		b.wantLabel(errBroken.Error())
	})
}

func TestAClosedDialogMeansNothing(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.desktop.ChooseFolder = func(context.Context, string, string) (string, error) { return "", desk.ErrNotChosen }
	}, func(b *bubble) {
		before := len(b.told())
		b.click(command.Command{Verb: command.Locate, Project: app})
		b.wantDone()
		b.wantNoLabel("failed")
		if got := len(b.told()) - before; got != 0 {
			t.Errorf("got %d news of it, want none", got)
		}
	})
}

func TestWithoutATerminalTheCommandIsCopiedAndSaid(t *testing.T) {
	copied := ""
	inBubble(t, func(b *bubble) {
		b.desktop.OpenTerminal = func(context.Context, string, []string) error { return desk.ErrNoTerminal }
		b.desktop.Copy = func(_ context.Context, text string) error { copied = text; return nil }
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.Resume, Session: sessionID, Path: "/code/my app"})
		want := "claude --resume " + string(sessionID)
		if !strings.Contains(copied, want) || !strings.Contains(copied, "my app") {
			t.Errorf("got %q copied, want %q in it", copied, want)
		}
		b.wantSaid("clipboard")
	})
}

func TestASessionIsResumedInItsFolder(t *testing.T) {
	var got []string
	inBubble(t, func(b *bubble) {
		b.desktop.OpenTerminal = func(_ context.Context, dir string, command []string) error {
			got = append([]string{dir}, command...)
			return nil
		}
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.Resume, Session: sessionID, Path: "/code/app"})
		if want := "/code/app claude --resume " + string(sessionID); strings.Join(got, " ") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestWhatCouldNotBeOpenedIsTold(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.desktop.OpenPath = func(context.Context, string) error { return errNoOpener }
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.OpenFolder, Path: "/code/app"})
		b.wantLabel(errNoOpener.Error())
		b.desktop.OpenPath = func(context.Context, string) error { return nil }
		b.click(command.Command{Verb: command.OpenFolder, Path: "/code/app"})
		b.wantNoLabel(errNoOpener.Error())
	})
}

func TestTheHealthReportIsOpened(t *testing.T) {
	var opened []string
	inBubble(t, func(b *bubble) {
		b.desktop.OpenPath = func(_ context.Context, path string) error { opened = append(opened, path); return nil }
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.CheckHealth})
		b.pass(time.Second)
		if want := []string{"/state/health.txt"}; !slices.Equal(opened, want) {
			t.Errorf("got %q opened, want %q", opened, want)
		}
	})
}

func TestASettingIsSwitchedAndShown(t *testing.T) {
	on := false
	inBubble(t, func(b *bubble) {
		b.autostart = Toggle{On: func() (bool, error) { return on, nil }, Set: func(to bool) error { on = to; return nil }}
	}, func(b *bubble) {
		if checked(b.picture(), "Start at login") {
			t.Error("it is checked before it was switched on")
		}
		b.click(command.Command{Verb: command.Autostart})
		if !checked(b.picture(), "Start at login") || !on {
			t.Error("it was not switched on")
		}
		on = false // switched off in the desktop's own settings
		b.click(command.Command{Verb: command.LookAgain})
		if checked(b.picture(), "Start at login") {
			t.Error("what was switched off elsewhere is still checked")
		}
	})
}

func TestASettingThatCannotBeSwitchedSaysSo(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.notifications = Toggle{On: func() (bool, error) { return true, nil }, Set: func(bool) error { return errors.New("read-only disk") }}
	}, func(b *bubble) {
		b.click(command.Command{Verb: command.Autostart})
		b.wantLabel("cannot be changed here") // the zero Toggle
		b.click(command.Command{Verb: command.Notifications})
		b.wantLabel("read-only disk")
		if !checked(b.picture(), "Notifications") {
			t.Error("it looks switched off")
		}
	})
}

func checked(m menu.Menu, label string) bool {
	for _, i := range m.Items {
		if i.Label == label {
			return i.Checked
		}
	}
	return false
}

func TestWhatIsAskedElsewhereIsDoneLikeAClick(t *testing.T) {
	take := command.Command{Verb: command.TakeTheirs, Session: sessionID, Machine: "laptop"}
	inBubble(t, func(b *bubble) { b.asked = b.elsewhere }, func(b *bubble) {
		b.elsewhere <- take
		b.pass(0)
		b.wantDone(take)
	})
}

func TestAClickThatWasMissedDoesNothingAndIsTold(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.click(command.Command{Verb: panel.Missed})
		b.wantDone()
		news := b.told()
		if got := news[len(news)-1].Say; !strings.Contains(got, "nothing was done") {
			t.Errorf("got %q, want that nothing was done", got)
		}
	})
}

func TestAnEntryWithoutACommandDoesNothing(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.click(command.Command{})
		b.wantDone()
	})
}
