package tray

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/tray/autostart"
	"claude-sync/tray/panel"
	"claude-sync/tray/session"
)

func TestASettingInAFileIsOnUntilSwitchedOff(t *testing.T) {
	s := FileToggle(filepath.Join(t.TempDir(), "state", "quiet"))
	for i, want := range []bool{true, false, true, false} {
		if got, err := s.On(); err != nil || got != want {
			t.Fatalf("switch %d: got %v, %v, want %v", i, got, err, want)
		}
		if err := s.flip(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(true); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(true); err != nil { // switching it on twice is allowed
		t.Error(err)
	}
}

func TestTheZeroToggleIsOffAndSaysSo(t *testing.T) {
	if (Toggle{}).on() || (Toggle{}).flip() == nil {
		t.Error("a setting that is not there was switched")
	}
}

func TestTheAutostartSettingIsTheDesktopsOwn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its switch is the registry; the package has its own test")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := autostart.New("claude-sync-test", t.TempDir())
	toggle := AutostartToggle(s, func() (autostart.Entry, error) {
		return autostart.Entry{ID: "claude-sync-test", Name: "claude-sync", Exec: []string{program, "--at-login"}}, nil
	})
	for _, want := range []bool{false, true, false} {
		if got := toggle.on(); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := toggle.flip(); err != nil {
			t.Fatal(err)
		}
	}
	if status, err := s.Status(); err != nil || status.State != autostart.On {
		t.Errorf("got %v, %v, want on", status.State, err)
	}
}

func TestAProgramThatCannotStartAtLoginSaysWhy(t *testing.T) {
	s := autostart.New("claude-sync-test", t.TempDir())
	wanted := func() (autostart.Entry, error) { return autostart.Entry{}, autostart.ErrTemporary }
	if _, err := AutostartVerb(s, wanted)("on"); !errors.Is(err, autostart.ErrTemporary) {
		t.Errorf("the command: got %v, want %v", err, autostart.ErrTemporary)
	}
	if err := AutostartToggle(s, wanted).Set(true); !errors.Is(err, autostart.ErrTemporary) {
		t.Errorf("the menu: got %v, want %v", err, autostart.ErrTemporary)
	}
	if got, err := AutostartVerb(s, wanted)("status"); got != "off" || err != nil {
		t.Errorf("got %q, %v, want off", got, err)
	}
}

func TestTheStatusOfAnEntryWhoseProgramIsGoneIsAnErrorWithItsCure(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its switch is the registry; the package has its own test")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "claude-sync")
	if err := os.WriteFile(program, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	verb := AutostartVerb(autostart.New("claude-sync-test", filepath.Join(dir, "entries")), func() (autostart.Entry, error) {
		return autostart.Entry{ID: "claude-sync-test", Name: "claude-sync", Exec: []string{program}}, nil
	})
	if got, err := verb("on"); got != "on" || err != nil {
		t.Fatalf("got %q, %v, want on", got, err)
	}
	if err := os.Rename(program, program+"-1.2"); err != nil {
		t.Fatal(err)
	}
	got, err := verb("status")
	if got != "on" || err == nil || syncer.Hint(err) == "" {
		t.Errorf("got %q, %v, hint %q, want on and an error with a hint", got, err, syncer.Hint(err))
	}
	if got, err := verb("off"); got != "off" || err != nil {
		t.Errorf("got %q, %v, want off", got, err)
	}
}

func TestEveryHintBelongsToAnError(t *testing.T) {
	for _, err := range []error{session.ErrNoBus, ErrNoTray, panel.ErrBuiltWithout} {
		if Hint(err) == "" {
			t.Errorf("no hint for %v", err)
		}
	}
	if got := Hint(engine.Paths{}.Check()); got == "" {
		t.Error("no hint for a user without a home folder")
	}
	if got := Hint(ErrRunning); got != "" {
		t.Errorf("got the hint %q for what needs none", got)
	}
}
