package desk

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestPosixQuoteKeepsWhatIsSafeReadable(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"/home/me/app_1.2", "/home/me/app_1.2"}, {"", "''"}, {"my app", "'my app'"}, {"it's", `'it'\''s'`}, {"$HOME", "'$HOME'"}, {"~", "'~'"}, {"é", "'é'"},
	} {
		if got := posixQuote(c.word); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestWindowsQuote(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{`C:\code\app`, `C:\code\app`}, {`C:\my app`, `"C:\my app"`}, {"a&b", `"a&b"`}, {"", `""`},
	} {
		if got := windowsQuote(c.word); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestScriptQuote(t *testing.T) {
	if got, want := scriptQuote(`a "b" \c`), `"a \"b\" \\c"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUTF16TextHasItsMark(t *testing.T) {
	if got, want := utf16Text("é🙂"), "\xff\xfe\xe9\x00\x3d\xd8\x42\xde"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzAShellReadsTheWordBack(f *testing.F) {
	if runtime.GOOS == "windows" {
		f.Skip("no sh to read it")
	}
	for _, s := range []string{"a b", "it's", "$(rm -rf)", "-n", "\\", "\n", "é\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if strings.ContainsRune(word, 0) {
			return // no path has it
		}
		got, err := exec.Command("sh", "-c", "printf %s "+posixQuote(word)+"x").Output()
		if err != nil || string(got) != word+"x" {
			t.Errorf("got %q, %v, want %q", got, err, word+"x")
		}
	})
}

func TestADialogThatWasClosedIsNoError(t *testing.T) {
	exit := func(code string) error { return exec.Command("sh", "-c", "exit "+code).Run() }
	if runtime.GOOS == "windows" {
		exit = func(code string) error { return exec.Command("cmd.exe", "/c", "exit", code).Run() }
	}
	for _, c := range []struct {
		name, path string
		err        error
		want       error
	}{
		{"chosen", "/code", nil, nil},
		{"closed", "", exit("1"), ErrNotChosen},
		{"nothing said", "", nil, ErrNotChosen},
		{"failed", "", context.Canceled, context.Canceled},
	} {
		path, err := chosen(c.path, c.err)
		if !errors.Is(err, c.want) || path != c.path {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, path, err, c.path, c.want)
		}
	}
	if _, err := chosen("", exit("5")); err == nil || errors.Is(err, ErrNotChosen) {
		t.Errorf("got %v, want the failure", err)
	}
}
