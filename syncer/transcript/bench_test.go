package transcript

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// branches are two transcripts of n rows each, of which the last tenth is each one's own.
func branches(n int) (ours, theirs Local) {
	filler := strings.Repeat("and so on ", 40)
	text := func(branch string) Local {
		var b strings.Builder
		for i := range n {
			name := fmt.Sprint(i)
			if i > n-n/10 {
				name += branch
			}
			fmt.Fprintf(&b, `{"type":"user","uuid":%q,"message":%q}`+"\n", name, filler)
		}
		return Local{strings.NewReader(b.String()), int64(b.Len())}
	}
	return text("ours"), text("theirs")
}

func BenchmarkRelate(b *testing.B) {
	ours, theirs := branches(20_000)
	for name, other := range map[string]Local{"same": ours, "diverged": theirs} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(ours.Size)
			for b.Loop() {
				if _, err := Relate(ours, other); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMerge(b *testing.B) {
	ours, theirs := branches(20_000)
	c, err := Relate(ours, theirs)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(ours.Size)
	for b.Loop() {
		if err := Merge(io.Discard, ours, theirs, c, OursWins); err != nil {
			b.Fatal(err)
		}
	}
}
