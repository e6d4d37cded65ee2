package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// marker is the first argument of this program if it is the one that the tests ask.
const marker = "asked-by-a-test"

// TestMain is also the program that the tests ask. It runs the tests only if go test started it, which gives it flags:
// if Ask lost its arguments, each test would otherwise run all tests, and each of those all tests again.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == marker:
		answer(os.Getenv("PROGRAM_TEST"), os.Args[2:])
	case slices.ContainsFunc(os.Args[1:], func(arg string) bool { return strings.HasPrefix(arg, "-test.") }):
		os.Exit(m.Run())
	default:
		fmt.Fprintln(os.Stderr, "neither asked by a test nor started by go test")
		os.Exit(2)
	}
}

func answer(how string, args []string) {
	switch how {
	case "answer":
		fmt.Print(strings.Join(args, ","))
		fmt.Fprint(os.Stderr, "a warning")
	case "fail":
		fmt.Print("half")
		fmt.Fprint(os.Stderr, "the reason")
		os.Exit(3)
	case "hang":
		<-time.After(time.Minute) // the time limit of the tests ends it long before
	default:
		fmt.Fprintf(os.Stderr, "asked for %q\n", how)
		os.Exit(2)
	}
}

func ask(t *testing.T, ctx context.Context, patience time.Duration, how string, args ...string) (out, reason string, err error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Ask(ctx, patience, append(os.Environ(), "PROGRAM_TEST="+how), self, append([]string{marker}, args...)...)
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
