package program

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"
)

// The laptop's project, which waits on the desktop, and the remote that the desktop's checkout of it has.
const (
	waits  = project.Key("git:https://example.com/me/tool.git")
	mirror = project.Key("git:https://example.com/me/mirror.git")
)

// waiting is a desk on which a session of the laptop's tool waits for a folder. It returns a checkout of the mirror.
func waiting(t *testing.T) (d *desk, folder string) {
	t.Helper()
	d = newDesk(t)
	tool := filepath.Join(d.Laptop.Code, "tool")
	desktoptest.Clone(t, tool)
	d.Laptop.Writes(tool, desktoptest.SessionNumber(40), 40, "sharpen it")
	_, _, err := d.Laptop.Open().Register(t.Context(), tool)
	d.must(err)
	d.Laptop.Pushes()
	folder = filepath.Join(d.Dir, "far", "mirror")
	desktoptest.Clone(t, folder)
	d.notes.Appear()
	d.newPanel()
	d.start()
	return d, folder
}

// answers makes dialogs in which a person chooses this folder, and answers a question as the script says. The question is
// kept in the file that asked returns.
func (d *desk) answers(path, script string) {
	d.t.Helper()
	text := "#!/bin/sh\ncase \"$*\" in\n*--question*) for a; do echo \"$a\"; done >" + d.asked() + ".new; mv " + d.asked() + ".new " + d.asked() + "; " + script + ";;\n*) echo '" + path + "';;\nesac\n"
	d.must(os.WriteFile(filepath.Join(d.bin, "zenity"), []byte(text), 0o700))
	if _, err := os.Stat(filepath.Join(d.bin, "mv")); err != nil {
		d.must(os.Symlink("/bin/mv", filepath.Join(d.bin, "mv")))
	}
}

func (d *desk) asked() string { return filepath.Join(d.Dir, "question") }

// choosesItsFolder clicks on the waiting project's entry.
func (d *desk) choosesItsFolder() {
	d.t.Helper()
	d.panel.Click(d.inEntry("1 session for tool", "Choose its folder…"))
}

// wantQuestion waits for a question that has all these words.
func (d *desk) wantQuestion(all ...string) {
	d.t.Helper()
	var got string
	d.until("a question", func() bool {
		b, err := os.ReadFile(d.asked())
		got = string(b)
		return err == nil
	})
	for _, want := range all {
		if !strings.Contains(got, want) {
			d.t.Errorf("got the question\n%s\nwant %q in it", got, want)
		}
	}
	d.must(os.Remove(d.asked()))
}

func (d *desk) wantNoQuestion() {
	d.t.Helper()
	if got, err := os.ReadFile(d.asked()); !errors.Is(err, fs.ErrNotExist) {
		d.t.Errorf("got the question %q, %v, want none", got, err)
	}
}

// wantPulled waits until nothing waits and the session is in the folder.
func (d *desk) wantPulled(folder string) {
	d.t.Helper()
	d.until("the session", func() bool {
		text, err := os.ReadFile(d.Desktop.Transcript(folder, desktoptest.SessionNumber(40)))
		return err == nil && strings.Contains(string(text), "sharpen it")
	})
	d.panel.Until("nothing waits", func(rows []desktoptest.Row) bool {
		_, some := desktoptest.Find(rows, "for tool")
		return !some && rows[0].Enabled
	})
}

func (d *desk) registry() project.Registry {
	d.t.Helper()
	reg, err := project.Load(d.Desktop.Paths.Registry)
	d.must(err)
	return reg
}

func TestAFolderOfAnotherRemoteIsJoinedAndPulledAfterAsking(t *testing.T) {
	d, folder := waiting(t)
	question := []string{folder + " is example.com/me/mirror.", "The sessions belong to example.com/me/tool.", "Are the two the same project?", "Join and pull"}

	d.answers(folder, "exit 1")
	d.choosesItsFolder()
	d.wantQuestion(question...)
	d.looked()
	if reg := d.registry(); reg.Same(mirror, waits) || reg.Has(waits) || reg.Has(mirror) {
		t.Errorf("got a registry with %q, one %v, want it unchanged by a no", reg.Keys(), reg.Same(mirror, waits))
	}
	d.wantNoMore(20)

	d.answers(folder, "exit 0")
	d.choosesItsFolder()
	d.wantQuestion(question...)
	d.wantPulled(folder)
	if !d.registry().Same(mirror, waits) {
		t.Error("the two are not one project")
	}
	d.wantNoMore(21) // a success is not announced

	// The laptop has heard of it: to it, a checkout of the mirror is the tool's.
	_, _, err := engine.Init(t.Context(), d.Laptop.Paths, engine.Setup{SyncDir: d.Share}) // wantNoMore gave it another
	d.must(err)
	other := filepath.Join(d.Laptop.Code, "mirror")
	desktoptest.Clone(t, other)
	if place, _, err := d.Laptop.Open().RegisterAs(t.Context(), waits, other); err != nil || place.Key != waits {
		t.Errorf("on the laptop: got %v, %v, want the tool", place, err)
	}
	d.quits()
}

func TestTheFolderOfTheWaitingProjectIsAskedNothing(t *testing.T) {
	d, _ := waiting(t)
	folder := filepath.Join(d.Dir, "far", "tool")
	desktoptest.Clone(t, folder)
	d.answers(folder, "exit 1")
	d.choosesItsFolder()
	d.panel.Click(d.inEntry("tool ", "Pull 1 session"))
	d.wantPulled(folder)
	d.wantNoQuestion()
	d.wantNoMore(20)
}

func TestAFolderWithoutARepositoryIsJoinedAfterAsking(t *testing.T) {
	d, _ := waiting(t)
	folder := filepath.Join(d.Dir, "far", "tool-copy")
	desktoptest.Mkdir(t, folder)
	d.answers(folder, "exit 0")
	d.choosesItsFolder()
	d.wantQuestion(folder + " has no remote, and is known by its name, tool-copy.")
	d.wantPulled(folder)
	d.wantNoMore(20)
}

func TestWhatAnotherMachineJoinedIsAskedNothing(t *testing.T) {
	d, folder := waiting(t)
	d.joinedOnTheLaptop()
	d.answers(folder, "exit 1")
	d.choosesItsFolder()
	d.panel.Click(d.inEntry("tool ", "Pull 1 session"))
	d.wantPulled(folder)
	d.wantNoQuestion()
	d.wantNoMore(20)
}

func TestWhatAnotherMachineJoinsDuringTheQuestionIsDone(t *testing.T) {
	d, folder := waiting(t)
	d.must(os.Symlink("/bin/sleep", filepath.Join(d.bin, "sleep")))
	answer := filepath.Join(d.Dir, "answer")
	d.answers(folder, "while ! test -e "+answer+"; do sleep 0.05; done; exit 0")
	d.choosesItsFolder()
	d.wantQuestion("Are the two the same project?")
	d.joinedOnTheLaptop()
	d.must(os.WriteFile(answer, nil, 0o600))
	d.wantPulled(folder)
	d.wantNoMore(20)
}

// joinedOnTheLaptop has a person join the two there, and the sync tool bring the word.
func (d *desk) joinedOnTheLaptop() {
	d.t.Helper()
	other := filepath.Join(d.Laptop.Code, "mirror")
	desktoptest.Clone(d.t, other)
	_, _, err := d.Laptop.Open().Join(d.t.Context(), waits, other)
	d.must(err)
	d.Laptop.Pushes()
}

// A desktop may have a dialog for folders, as the portal's, and no program that asks a question.
func TestWithoutADialogTheNoteAsks(t *testing.T) {
	d, folder := waiting(t)
	d.answers(folder, "exit 255")
	d.choosesItsFolder()
	n := d.wantNote("What you asked for was not done", folder+" is example.com/me/mirror.\nThe sessions belong to example.com/me/tool.\nAre the two", "Join and pull", "Check health…")
	d.panel.Shows("", "What you asked for failed")
	d.inEntry("What you asked for failed", "Join and pull")
	d.notes.Press(n, "Join and pull")
	d.wantPulled(folder)
	d.panel.Until("no failure", func(rows []desktoptest.Row) bool { _, some := desktoptest.Find(rows, "failed"); return !some })
	d.wantNoMore(20)
}
