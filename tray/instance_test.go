package tray

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/build/desktoptest"
)

func TestOneTrayAtATime(t *testing.T) {
	dir := filepath.Join(desktoptest.ShortFolder(t), "tray")
	first, err := claim(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := claim(t.Context(), dir); !errors.Is(err, ErrRunning) {
			t.Fatalf("got %v, want %v", err, ErrRunning)
		}
		<-first.shows
	}
	first.release()
	again, err := claim(t.Context(), dir)
	if err != nil {
		t.Fatalf("got %v after the first has gone, want none", err)
	}
	again.release()
}

func TestAPathTooLongForASocketStillKeepsOthersOut(t *testing.T) {
	dir := filepath.Join(desktoptest.ShortFolder(t), strings.Repeat("long", 40))
	first, err := claim(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer first.release()
	if _, err := claim(t.Context(), dir); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v, want %v", err, ErrRunning)
	}
}
