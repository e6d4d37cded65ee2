package lock

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary run as the other process: it takes the lock, reports that, and holds the lock
// until its input ends or it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("HOLD_LOCK"); path != "" {
		if _, err := Take(context.Background(), path, nil); err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString("held\n")
		bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func holder(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	c, held := taker(t, path)
	<-held
	return c
}

// taker is a process that takes the lock as soon as it can. Then held is closed.
func taker(t *testing.T, path string) (c *exec.Cmd, held <-chan struct{}) {
	t.Helper()
	c = exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "HOLD_LOCK="+path)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); c.Process.Kill(); c.Wait() })
	has := make(chan struct{})
	go func() {
		if line, err := bufio.NewReader(out).ReadString('\n'); line == "held\n" {
			close(has)
		} else if t.Context().Err() == nil {
			t.Errorf("the other process said %q, %v", line, err)
		}
	}()
	return c, has
}

func TestNobodyIsOvertaken(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "lock")
		first := holder(t, path)
		waits, has := make(chan struct{}), make(chan func(), 1)
		go func() {
			unlock, err := Take(t.Context(), path, func() { close(waits) })
			if err != nil {
				t.Error(err)
			}
			has <- unlock
		}()
		<-waits
		_, late := taker(t, path)
		first.Process.Kill()
		select {
		case <-late:
			t.Fatal("a process that came later had the lock before")
		case unlock := <-has:
			unlock()
			<-late
		}
	}
}

func TestLockOfAKilledProcessDoesNotBlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "lock")
	other := holder(t, path)
	waited := false
	unlock, err := Take(context.Background(), path, func() {
		waited = true
		other.Process.Kill()
	})
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	if !waited {
		t.Error("the lock was taken while another process held it")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := Take(ctx, path, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestTheLockThatCannotBeTakenIsNamedAsItIs(t *testing.T) {
	path := t.TempDir() + `\lock` // as on Windows
	if err := os.MkdirAll(path+".next", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), "`"+path+".next`") {
		t.Errorf("got %v, want the file as it is", err)
	}
}

func TestUnlockLetsTheNextIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for range 3 {
		unlock, err := Take(context.Background(), path, func() { t.Error("had to wait") })
		if err != nil {
			t.Fatal(err)
		}
		unlock()
	}
}
