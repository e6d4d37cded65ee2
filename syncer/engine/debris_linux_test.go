package engine

import (
	"os"
	"strings"
	"testing"
)

// A file that has a size and no block on disk is a placeholder: reading it would download it, or give
// zeros that nobody wrote.
func TestPlaceholderWithoutBlocksIsTakenOnceItIsHere(t *testing.T) {
	for name, known := range map[string]bool{"of a session that is here": true, "of one that is not": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			own := desktop.packs().Name(testKey, sessionA)
			w.write(desktop, sessionA, turn("1"))
			if known {
				w.push(desktop)
				w.pull(laptop)
			}
			text := turn("1") + turn(strings.Repeat("2", 10_000))
			w.write(desktop, sessionA, text)
			w.push(desktop)
			whole, err := os.ReadFile(w.packPath(own))
			w.check(err)
			w.put(own, nil)
			w.check(os.Truncate(w.packPath(own), int64(len(whole))))
			w.laterThen(laptop, own, func() { w.put(own, whole) })
			if got := w.read(laptop, sessionA); got != text {
				t.Errorf("%d bytes are here, want %d", len(got), len(text))
			}
		})
	}
}
