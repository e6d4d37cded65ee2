package ccsync

import (
	"math/rand/v2"
	"testing"
)

// The assembly loops handle all of a text, and of our own packs, except for the rest that does not fill a lane.
func TestLoopsTakeWholeTexts(t *testing.T) {
	k := needFast(t).(*vbmi2)
	r := rand.New(rand.NewPCG(11, 12))
	for _, rare := range []int{1, 3, 10, 100} {
		for range 200 {
			text := mixed(r, 1000+r.IntN(lane), rare)
			packed := make([]byte, 6*len(text)+lane)
			taken, given := escapeBlocks(packed, text, k)
			if taken < len(text)-lane {
				t.Fatalf("%d of %d bytes are escaped, up to %q", taken, len(text), text[taken:min(taken+12, len(text))])
			}
			packed = packed[:given]
			if taken, _ := unescapeBlocks(make([]byte, len(packed)), packed, k); taken < len(packed)-lane-4 {
				t.Fatalf("%d of %d bytes are unescaped, up to %q", taken, len(packed), packed[taken:min(taken+12, len(packed))])
			}
		}
	}
}
