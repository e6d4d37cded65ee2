package transcript

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// However a transcript is written to Ends, they say of it what is said of the file.
func TestEndsSayWhatTheFileSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	timed := 0
	for range 300 {
		var b strings.Builder
		for size := r.IntN(4 * window); b.Len() < size; {
			n := b.Len()
			row := []string{
				fmt.Sprintf(`{"type":"user","cwd":"/%d","message":{"role":"user","content":"prompt %d"}}`, n, n),
				fmt.Sprintf(`{"type":"ai-title","aiTitle":"title %d"}`, n),
				fmt.Sprintf(`{"type":"assistant","x":{"timestamp":"no"},"timestamp":"2026-11-20T09:%02d:%02d.5Z","text":"%s"}`, n/60%60, n%60, strings.Repeat("é ", r.IntN(3000))),
				fmt.Sprintf(`{"text":"%s"}`, strings.Repeat("x", r.IntN(20_000))),
			}[r.IntN(4)]
			b.WriteString(row + "\n")
		}
		text := b.String()
		var e Ends
		e.Write([]byte("what was written before"))
		e.Reset()
		for rest := text; rest != ""; {
			n := 1 + r.IntN(min(len(rest), 1+r.IntN(3*window)))
			if got, err := e.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatalf("wrote %d of %d: %v", got, n, err)
			}
			rest = rest[n:]
		}
		want, err := Describe(strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Describe(); got != want {
			t.Fatalf("of %d bytes: got %+v, want %+v", len(text), got, want)
		}
		if got, ok := e.LastTime(); ok {
			timed++
			if want, _ := LastTime(strings.NewReader(text), int64(len(text))); !got.Equal(want) {
				t.Fatalf("of %d bytes: the last row is of %v, want %v", len(text), got, want)
			}
		}
	}
	if timed < 100 {
		t.Errorf("only %d of 300 had a time at their end", timed)
	}
}
