package panel

import (
	"net"
	"runtime"
	"testing"
	"time"

	"claude-sync/build/desktoptest"

	"github.com/godbus/dbus/v5"
)

// echo answers every call except one.
type echo struct{ silent chan struct{} }

const neverAnswered = int32(-1)

// Say is the method that is called.
func (e echo) Say(n int32) (int32, *dbus.Error) {
	if n == neverAnswered {
		<-e.silent
	}
	if n%2 == 0 {
		runtime.Gosched() // a later call may be faster
	}
	return n, nil
}

// orderedProgram puts a program on a bus by way of inOrder.
func orderedProgram(t *testing.T, address string) (program *dbus.Conn) {
	t.Helper()
	bus, err := dbus.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		between(theirs, bus, func(message, *dbus.Message) {})
	}()
	program, err = dbus.NewConn(ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Close()
		<-ended
	})
	if err := program.Auth(nil); err != nil {
		t.Fatal(err)
	}
	if err := program.Hello(); err != nil {
		t.Fatal(err)
	}
	return program
}

// orderedCaller returns what calls such a program.
func orderedCaller(t *testing.T) (ask func(n int32, done chan *dbus.Call)) {
	t.Helper()
	address, _ := desktoptest.StartBus(t)
	program := orderedProgram(t, address)
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	if err := program.Export(echo{silent}, "/echo", "test.Echo"); err != nil {
		t.Fatal(err)
	}
	object := desktoptest.Connect(t, address).Object(program.Names()[0], "/echo")
	return func(n int32, done chan *dbus.Call) { object.Go("test.Echo.Say", 0, done, n) }
}

// nextAnswer takes the next answer that comes.
func nextAnswer(t *testing.T, done <-chan *dbus.Call) (n int32) {
	t.Helper()
	select {
	case c := <-done:
		if err := c.Store(&n); err != nil {
			t.Fatal(err)
		}
	case <-time.After(desktoptest.TooLong):
		t.Fatal("no answer")
	}
	return n
}

func TestAnswersDoNotOvertakeEachOther(t *testing.T) {
	t.Parallel()
	const calls = 100 // more may not wait on a bus
	ask := orderedCaller(t)
	done := make(chan *dbus.Call, calls)
	for range 5 {
		for n := range int32(calls) {
			ask(n, done)
		}
		for want := range int32(calls) {
			if got := nextAnswer(t, done); got != want {
				t.Fatalf("got the answer to call %d, want that to call %d", got, want)
			}
		}
	}
}

func TestACallThatIsNeverAnsweredHoldsTheOthersForASecondOnly(t *testing.T) {
	t.Parallel()
	ask := orderedCaller(t)
	ask(neverAnswered, make(chan *dbus.Call, 1))
	done := make(chan *dbus.Call, 1)
	ask(7, done)
	if got := nextAnswer(t, done); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestTheEndOfTheBusIsSeenByTheProgram(t *testing.T) {
	t.Parallel()
	address, stop := desktoptest.StartBus(t)
	program := orderedProgram(t, address)
	stop()
	select {
	case <-program.Context().Done():
	case <-time.After(desktoptest.TooLong):
		t.Error("the program still believes in its bus")
	}
}
