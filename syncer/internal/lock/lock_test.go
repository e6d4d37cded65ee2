package lock

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain lets the test binary be the other process: it takes the lock, says so, and holds it until
// its input ends or it is killed.
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
	c := exec.Command(os.Args[0])
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
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return c
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
