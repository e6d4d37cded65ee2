package autostart

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// shelf is a folder of programs and links to them, as package managers make it. Links begin with a version's program.
type shelf struct {
	*testing.T
	dir string
}

func newShelf(t *testing.T) shelf {
	if runtime.GOOS == "windows" {
		t.Skip("making a link takes a right that few people have")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return shelf{t, dir}
}

func (s shelf) at(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// program puts a program there.
func (s shelf) program(name string) {
	must(s.T, os.MkdirAll(filepath.Dir(s.at(name)), 0o700))
	must(s.T, os.WriteFile(s.at(name), []byte(name), 0o700))
}

// link makes a relative link, whose target need not be there.
func (s shelf) link(name, target string) {
	must(s.T, os.MkdirAll(filepath.Dir(s.at(name)), 0o700))
	rel, err := filepath.Rel(filepath.Dir(s.at(name)), s.at(target))
	must(s.T, err)
	must(s.T, os.Symlink(rel, s.at(name)))
}

// runs is the Program of a process that was called so, with os.Executable as Linux has it: without links.
func (s shelf) runs(called, file string) (string, error) {
	return Program(called, func(string) string { return "" }, func() (string, error) { return s.at(file), nil })
}

func TestProgramKeepsTheLinkByWhichItWasCalled(t *testing.T) {
	const v1 = "opt/claude-sync-1.2/claude-sync"
	for _, c := range []struct {
		name   string
		links  [][2]string
		called string // below the shelf if it has a slash
		inside string // the current folder, which called is relative to; "" for an absolute path
		want   string
	}{
		{"no link", nil, v1, "", v1},
		{"a link", [][2]string{{"bin/claude-sync", v1}}, "bin/claude-sync", "", "bin/claude-sync"},
		{"found in the PATH", [][2]string{{"bin/claude-sync", v1}}, "claude-sync", "", "bin/claude-sync"},
		{"a link to a link (update-alternatives)", [][2]string{{"etc/alternatives/claude-sync", v1}, {"bin/claude-sync", "etc/alternatives/claude-sync"}}, "claude-sync", "", "bin/claude-sync"},
		{"a folder that is a link (a Nix profile)", [][2]string{{"profile", "opt/claude-sync-1.2"}}, "profile/claude-sync", "", "profile/claude-sync"},
		{"a link of another name", [][2]string{{"bin/ccs", v1}}, "bin/ccs", "", "bin/ccs"},
		{"a relative path", [][2]string{{"home/bin/claude-sync", v1}}, "./bin/claude-sync", "home", "home/bin/claude-sync"},
		{"a relative path upwards", [][2]string{{"bin/claude-sync", v1}}, "../bin/claude-sync", "opt", "bin/claude-sync"},
		{"called by a name that is not there", nil, "-claude-sync", "", v1},
		{"another program of that name is in the PATH", [][2]string{{"bin/claude-sync", "opt/other/claude-sync"}}, "claude-sync", "", v1},
		{"a link in a folder of go run", [][2]string{{"go-build12/claude-sync", v1}}, "go-build12/claude-sync", "", v1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShelf(t)
			s.program(v1)
			s.program("opt/other/claude-sync")
			for _, l := range c.links {
				s.link(l[0], l[1])
			}
			t.Setenv("PATH", s.at("bin"))
			called := c.called
			if c.inside != "" {
				must(t, os.MkdirAll(s.at(c.inside), 0o700))
				t.Chdir(s.at(c.inside))
			} else if strings.Contains(called, "/") {
				called = s.at(called)
			}
			if got, err := s.runs(called, v1); err != nil || got != s.at(c.want) {
				t.Errorf("got %q, error %v, want %q", got, err, s.at(c.want))
			}
		})
	}
}

func TestProgramOfAnUpdateThatRemovedTheRunningVersionIsTheLink(t *testing.T) {
	s := newShelf(t)
	s.program("cellar/1.1/claude-sync")
	s.link("bin/claude-sync", "cellar/1.1/claude-sync")
	if got, err := s.runs(s.at("bin/claude-sync"), "cellar/1.0/claude-sync"); err != nil || got != s.at("bin/claude-sync") {
		t.Errorf("got %q, error %v", got, err)
	}
	// A shell or a wrapper runs under a name of its own: that name is no new version of the program.
	s.program("bin/wrapper")
	if got, err := s.runs(s.at("bin/wrapper"), "cellar/1.0/claude-sync"); err != nil || got != s.at("cellar/1.0/claude-sync") {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestAnEntryThatNamesALinkOutlivesAnUpdate(t *testing.T) {
	s := newShelf(t)
	s.program("cellar/1.0/claude-sync")
	s.program("cellar/1.1/claude-sync")
	s.link("bin/claude-sync", "cellar/1.0/claude-sync")
	program, err := s.runs(s.at("bin/claude-sync"), "cellar/1.0/claude-sync")
	must(t, err)
	login := New("claude-sync", testRoot(t))
	must(t, login.Enable(entry(program, "--at-login")))
	must(t, os.RemoveAll(s.at("cellar/1.0")))
	if st, err := login.Status(); err != nil || st.Broken() == nil {
		t.Errorf("the link leads nowhere: got %v, error %v, want a complaint", st.Broken(), err)
	}
	must(t, os.Remove(s.at("bin/claude-sync")))
	s.link("bin/claude-sync", "cellar/1.1/claude-sync")
	if st, err := login.Status(); err != nil || st.Broken() != nil {
		t.Errorf("the link leads to the new version: got %v, error %v", st.Broken(), err)
	}
}

func TestStatusComplainsOfAProgramThatIsGone(t *testing.T) {
	here, gone := program(t, "here"), filepath.Join(t.TempDir(), "renamed", "claude-sync")
	for _, c := range []struct {
		name   string
		status Status
		want   string
	}{
		{"off", Status{}, ""},
		{"on", Status{On, []string{here}}, ""},
		{"on, as another copy of the program wrote it", Status{On, []string{here, "tray"}}, ""},
		{"on, by a name that the PATH has", Status{On, []string{"claude-sync"}}, ""},
		{"on, its program was renamed", Status{On, []string{gone}}, gone + ", which is to start at login, is gone"},
		{"on, another copy wrote it and was uninstalled", Status{On, []string{gone, "tray"}}, gone + ", which is to start at login, is gone"},
		{"switched off elsewhere, its program is gone", Status{SwitchedOff, []string{gone}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.status.Broken()
			if c.want == "" && err == nil {
				return
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
