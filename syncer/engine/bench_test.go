package engine

import (
	"fmt"
	"testing"

	"claude-sync/syncer/ccsync"
)

// BenchmarkLook looks at a thousand sessions of which none has changed.
func BenchmarkLook(b *testing.B) {
	w := newWorld(b, b.TempDir(), "desktop")
	w.remembering()
	m := w.machines[0]
	for i := range 1000 {
		w.write(m, ccsync.SessionID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)), turn(fmt.Sprint(i)))
	}
	w.push(m)
	for b.Loop() {
		if _, err := m.Look(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
