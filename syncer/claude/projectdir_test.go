package claude

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func projectDir(t *testing.T, s Store, cwd string) string {
	t.Helper()
	dir, err := s.ProjectDir(cwd)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestProjectDirIsThatOfTheRealPath(t *testing.T) {
	s, cwd := newStore(t)
	want := filepath.Join(s.Dir, "projects", Slug(cwd))
	link := filepath.Join(filepath.Dir(cwd), "link")
	symlink(t, cwd, link)
	for _, path := range []string{cwd, cwd + "/", link, filepath.Join(link, ".")} {
		if got := projectDir(t, s, path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
	t.Chdir(cwd)
	if got := projectDir(t, s, "."); got != want {
		t.Errorf("relative: got %q, want %q", got, want)
	}
}

func TestProjectDirTakesTheNameFromTheEnvironment(t *testing.T) {
	s, cwd := newStore(t)
	s.DirName = "mine"
	if got, want := projectDir(t, s, cwd), filepath.Join(s.Dir, "projects", "mine"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGoneWorkingDirectoryIsToldApart(t *testing.T) {
	s, cwd := newStore(t)
	file := filepath.Join(cwd, "file")
	write(t, file, "x")
	dangling := filepath.Join(cwd, "dangling")
	symlink(t, filepath.Join(cwd, "nowhere"), dangling)
	for _, c := range []struct{ name, path string }{
		{"removed", filepath.Join(cwd, "gone")},
		{"now a file", file},
		{"below what is now a file", filepath.Join(file, "sub")},
		{"a link to nothing", dangling},
		{"removed, on Windows", cwd + `\gone`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if dir, err := s.ProjectDir(c.path); !errors.Is(err, fs.ErrNotExist) || dir != "" || !strings.Contains(err.Error(), "`"+c.path+"`") {
				t.Errorf("got %q, %v, want fs.ErrNotExist, and the path as it is", dir, err)
			}
			if _, err := s.Transcripts(c.path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Transcripts: got %v, want fs.ErrNotExist", err)
			}
			if _, err := s.TranscriptPath(c.path, id1); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("TranscriptPath: got %v, want fs.ErrNotExist", err)
			}
		})
	}
}

// longCwd makes a working directory of more than 200 units, where the OS lets it.
func longCwd(t *testing.T, cwd string) string {
	t.Helper()
	long := filepath.Join(cwd, strings.Repeat("x", 120), strings.Repeat("y", 120))
	mkdir(t, long)
	return long
}

func TestLongPathTakesOverADirectoryRecordedInIt(t *testing.T) {
	s, cwd := newStore(t)
	long := longCwd(t, cwd)
	own := filepath.Join(s.Dir, "projects", Slug(long))
	prefix := own[:len(own)-len(Slug(long))] + Slug(long)[:slugLimit]
	quoted, _ := jsonString(long)
	transcript := `{"type":"user","cwd":` + quoted + `}` + "\n"

	write(t, filepath.Join(prefix+"-foreign", string(id1)+".jsonl"), `{"type":"user","cwd":"/elsewhere"}`+"\n")
	if got := projectDir(t, s, long); got != own {
		t.Errorf("another path's directory: got %q, want %q", got, own)
	}
	write(t, filepath.Join(prefix+"old", string(id1)+".jsonl"), transcript)
	if got := projectDir(t, s, long); got != own {
		t.Errorf("a directory without the dash: got %q, want %q", got, own)
	}
	write(t, filepath.Join(prefix+"-old", string(id2)+".jsonl"), transcript)
	if got, want := projectDir(t, s, long), prefix+"-old"; got != want {
		t.Errorf("recorded here: got %q, want %q", got, want)
	}
	mkdir(t, own)
	if got := projectDir(t, s, long); got != own {
		t.Errorf("its own directory is there: got %q, want %q", got, own)
	}
}

func TestShortPathNeverTakesOverAnother(t *testing.T) {
	s, cwd := newStore(t)
	quoted, _ := jsonString(cwd)
	write(t, filepath.Join(s.Dir, "projects", Slug(cwd)+"-more", string(id1)+".jsonl"), `{"cwd":`+quoted+`}`)
	if got, want := projectDir(t, s, cwd), filepath.Join(s.Dir, "projects", Slug(cwd)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSessionBelongsUnlessItsOwnDirectoryStands(t *testing.T) {
	_, cwd := newStore(t) // …/my.app
	twin := filepath.Join(filepath.Dir(cwd), "my-app")
	link := filepath.Join(filepath.Dir(cwd), "my app")
	other := filepath.Join(filepath.Dir(cwd), "other")
	mkdir(t, twin)
	mkdir(t, other)
	symlink(t, cwd, link)
	for _, c := range []struct {
		name, recorded string
		want           bool
	}{
		{"itself", cwd, true},
		{"unknown", "", true},
		{"another slug", other, true},
		{"another machine's path", `Z:\code\my.app`, true},
		{"same slug, gone", filepath.Join(filepath.Dir(cwd), "my_app"), true},
		{"same slug, same directory by a link", link, true},
		{"same slug, stands", twin, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := BelongsTo(c.recorded, cwd); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if !BelongsTo(twin, filepath.Join(cwd, "gone")) {
		t.Error("a cwd that is gone: got false, want true")
	}
}

func TestUnreadableProjectsAreAnErrorNotAnEmptyList(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("opening a file as a directory reads as missing here")
		return
	}
	s, cwd := newStore(t)
	write(t, filepath.Join(s.Dir, "projects"), "a file")
	if got, err := s.Transcripts(cwd); err == nil {
		t.Errorf("Transcripts: got %v, want an error", got)
	}
	if got, err := s.Cwds(); err == nil {
		t.Errorf("Cwds: got %v, want an error", got)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "sessions")); err == nil {
		t.Error("reading made a folder")
	}
}
