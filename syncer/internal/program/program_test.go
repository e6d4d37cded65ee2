package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain is also the program that the tests ask.
func TestMain(m *testing.M) {
	switch os.Getenv("PROGRAM_TEST") {
	case "":
		os.Exit(m.Run())
	case "answer":
		fmt.Print(strings.Join(os.Args[1:], ","))
		fmt.Fprint(os.Stderr, "a warning")
	case "fail":
		fmt.Print("half")
		fmt.Fprint(os.Stderr, "the reason")
		os.Exit(3)
	case "hang":
		<-time.After(time.Minute) // the time limit of the tests ends it long before
	}
}

func ask(t *testing.T, ctx context.Context, patience time.Duration, what string, args ...string) (out, reason string, err error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Ask(ctx, patience, append(os.Environ(), "PROGRAM_TEST="+what), self, args...)
}

func TestBothOutputsComeBack(t *testing.T) {
	out, reason, err := ask(t, t.Context(), time.Minute, "answer", "a b", `"c"`, "$D")
	if out != `a b,"c",$D` || reason != "a warning" || err != nil {
		t.Errorf("got %q, %q, %v", out, reason, err)
	}
	out, reason, err = ask(t, t.Context(), time.Minute, "fail")
	if out != "half" || reason != "the reason" || err == nil {
		t.Errorf("got %q, %q, %v; want both with an error", out, reason, err)
	}
}

func TestPatienceEnds(t *testing.T) {
	if _, _, err := ask(t, t.Context(), 50*time.Millisecond, "hang"); err == nil || !strings.Contains(err.Error(), "no answer after 50ms") {
		t.Errorf("got %v, want that there was no answer", err)
	}
}

func TestTheCallersContextEndsItToo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := ask(t, ctx, time.Minute, "hang"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	cancel()
	if _, _, err := ask(t, ctx, time.Minute, "answer"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestTheReasonIsOneLine(t *testing.T) {
	failed := errors.New("exit status 128")
	for stderr, want := range map[string]string{
		"warning: x\nfatal: no \x1b[1mway\nadvice\n": "no [1mway",
		"error: first\nerror: second\n":              "error: first",
		" \n":                                        "exit status 128",
	} {
		if got := Reason(stderr, failed); got != want {
			t.Errorf("%q became %q, want %q", stderr, got, want)
		}
	}
}
