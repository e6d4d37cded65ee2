package desk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// programs makes a PATH of these only; each writes its folder and arguments to the file that is returned,
// and then does as its script says.
func programs(t *testing.T, scripts map[string]string) (log string) {
	t.Helper()
	dir := t.TempDir()
	log = filepath.Join(dir, "log")
	for name, script := range scripts {
		text := "#!/bin/sh\n{ echo " + name + "; pwd; for a; do printf '%s\\n' \"$a\"; done; } >" + log + "\n" + script + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("TERMINAL", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "no-bus"))
	return log
}

func TestATerminalRunsTheCommandInItsFolder(t *testing.T) {
	for _, c := range []struct {
		name, terminal, named string
		before                []string
	}{
		{"the desktop's", "x-terminal-emulator", "", []string{"-e"}},
		{"a known one", "kitty", "", nil},
		{"named and known", "lxterminal", "lxterminal", []string{"-e"}},
		{"named before better known", "mate-terminal", "mate-terminal", []string{"-x"}},
		{"named and unknown", "myterm", "myterm", []string{"-e"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			others := map[string]string{c.terminal: "", "xterm": ""} // the last choice
			if c.named != "" {
				others["xdg-terminal-exec"] = "" // the first
			}
			log := programs(t, others)
			t.Setenv("TERMINAL", c.named)
			dir := t.TempDir()
			if err := openTerminal(t.Context(), dir, []string{"claude", "--resume", "it's"}); err != nil {
				t.Fatal(err)
			}
			want := strings.Join(append(append([]string{c.terminal, dir}, c.before...), "sh", "-c", `claude --resume 'it'\''s'; exec "${SHELL:-sh}"`), "\n")
			if got := strings.TrimSpace(read(t, log)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestNoTerminalIsSaid(t *testing.T) {
	programs(t, nil)
	if err := openTerminal(t.Context(), t.TempDir(), []string{"claude"}); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("got %v, want %v", err, ErrNoTerminal)
	}
}

func TestAProgramThatFailsAtOnceIsReportedAndALongOneIsLeft(t *testing.T) {
	programs(t, map[string]string{"xdg-open": "exit 4"})
	if err := openPath(t.Context(), "/missing"); err == nil {
		t.Error("got no error of a program that failed")
	}
	programs(t, map[string]string{"xdg-open": "exec /bin/sleep 3"})
	begun := time.Now()
	if err := openPath(t.Context(), "/"); err != nil || time.Since(begun) >= 3*time.Second {
		t.Errorf("got %v after %v, want none before the program's end", err, time.Since(begun))
	}
	programs(t, nil)
	if err := openPath(t.Context(), "/"); !errors.Is(err, errNoProgram) {
		t.Errorf("got %v, want %v", err, errNoProgram)
	}
}

func TestTheClipboardGetsTheText(t *testing.T) {
	log := programs(t, map[string]string{"xclip": `/bin/cat >>"$0.text"`})
	if err := copyText(t.Context(), "cd /x && claude"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(filepath.Dir(log), "xclip.text")); got != "cd /x && claude" {
		t.Errorf("got %q", got)
	}
	programs(t, nil)
	if err := copyText(t.Context(), "x"); !errors.Is(err, errNoProgram) {
		t.Errorf("got %v, want %v", err, errNoProgram)
	}
}

func TestAFolderIsChosenWithWhatIsThere(t *testing.T) {
	programs(t, map[string]string{"zenity": "echo '/chosen one'"})
	if got, err := chooseFolder(t.Context(), "Which?", "/start"); err != nil || got != "/chosen one" {
		t.Errorf("got %q, %v", got, err)
	}
	programs(t, map[string]string{"kdialog": "exit 1"})
	if _, err := chooseFolder(t.Context(), "Which?", ""); !errors.Is(err, ErrNotChosen) {
		t.Errorf("got %v, want %v", err, ErrNotChosen)
	}
	programs(t, nil)
	if _, err := chooseFolder(t.Context(), "Which?", ""); !errors.Is(err, errNoProgram) {
		t.Errorf("got %v, want %v", err, errNoProgram)
	}
}

func TestAQuestionIsAskedWithWhatIsThere(t *testing.T) {
	const question = "/a\\b is <b>one</b>.\n\nIs it?"
	for _, c := range []struct {
		name, program, script string
		asked                 string // in the program's arguments
		want                  error
	}{
		{"zenity, yes", "zenity", "", "--no-markup\n--default-cancel\n--title=claude-sync\n--width=480\n--ok-label=Do it\n--cancel-label=Cancel\n--text=" + question, nil},
		{"zenity, no or closed", "zenity", "exit 1", "--ok-label=Do it", ErrNotChosen},
		{"qarma", "qarma", "", "--no-markup", nil},
		{"kdialog, yes", "kdialog", "", "/a\\b is ‹b>one‹/b>.\n\nIs it?", nil},
		{"kdialog, no", "kdialog", "exit 1", "--yes-label\nDo it", ErrNotChosen},
		{"kdialog, closed", "kdialog", "exit 2", "--warningyesno", ErrNotChosen},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := programs(t, map[string]string{c.program: c.script})
			if err := confirm(t.Context(), question, "Do it"); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := read(t, log); !strings.Contains(got, c.asked) {
				t.Errorf("got\n%s\nwant %q in it", got, c.asked)
			}
		})
	}
	programs(t, map[string]string{"zenity": "exit 255"}) // no display, or an option that it does not know
	if err := confirm(t.Context(), question, "Do it"); err == nil || errors.Is(err, ErrNotChosen) {
		t.Errorf("got %v, want the program's error", err)
	}
	programs(t, nil)
	if err := confirm(t.Context(), question, "Do it"); !errors.Is(err, errNoProgram) {
		t.Errorf("got %v, want %v", err, errNoProgram)
	}
}

// portal answers like a desktop's file dialog.
type portal struct {
	conn *dbus.Conn
	code uint32
	uris []string
}

// OpenFile is the method that asks.
func (p portal) OpenFile(_, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	if options["directory"].Value() != true {
		return "", dbus.MakeFailedError(errors.New("not asked for a folder"))
	}
	// Before the reply: a fast person, or a test.
	const request = dbus.ObjectPath("/org/freedesktop/portal/desktop/request/1")
	// Another program's dialog may be answered first.
	err := p.conn.Emit(request+"2", "org.freedesktop.portal.Request.Response", uint32(0), map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{"file:///theirs"})})
	if err != nil {
		return "", dbus.MakeFailedError(err)
	}
	err = p.conn.Emit(request, "org.freedesktop.portal.Request.Response", p.code, map[string]dbus.Variant{"uris": dbus.MakeVariant(p.uris)})
	if err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return request, nil
}

func TestThePortalIsAskedFirst(t *testing.T) {
	for _, c := range []struct {
		name    string
		code    uint32
		uris    []string
		version uint32
		want    string
		err     error
	}{
		{"chosen", 0, []string{"file:///home/me/my%20app"}, 4, "/home/me/my app", nil},
		{"closed", 1, nil, 4, "", ErrNotChosen},
		{"too old for folders", 0, nil, 2, "/from zenity", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			programs(t, map[string]string{"zenity": "echo '/from zenity'"})
			t.Setenv("PATH", os.Getenv("PATH")+":/usr/bin")
			address, _ := desktoptest.StartBus(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			conn := desktoptest.Connect(t, address)
			if err := conn.Export(portal{conn, c.code, c.uris}, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.FileChooser"); err != nil {
				t.Fatal(err)
			}
			_, err := prop.Export(conn, "/org/freedesktop/portal/desktop", prop.Map{"org.freedesktop.portal.FileChooser": {"version": {Value: c.version}}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), desktoptest.TooLong)
			defer cancel()
			if got, err := chooseFolder(ctx, "Which?", ""); got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v, want %q, %v", got, err, c.want, c.err)
			}
		})
	}
}

func FuzzThePortalsAnswer(f *testing.F) {
	f.Add("file:///home/me")
	f.Add("file://other/home")
	f.Add("smb://x/%zz")
	f.Fuzz(func(t *testing.T, uri string) {
		if path, err := pathOf(uri); err == nil && !strings.HasPrefix(uri, "file:") && !strings.HasPrefix(strings.ToLower(uri), "file:") {
			t.Errorf("got %q of %q, want an error", path, uri)
		}
	})
}
