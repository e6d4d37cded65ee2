package ccsync

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// Wherever a pack is cut or full of zeros, all rows before that place can be read, as they were, and nothing else.
func TestReadableGivesTheRowsBeforeTheDamage(t *testing.T) {
	text := strings.Repeat("a row with \"quotes\" and \u20ac\n", 3) + "the last\n"
	whole := pack(t, header(), text)
	name := bytes.Index(whole, []byte(`"jsonl":`)) + len(`"jsonl":`)
	body := name + bytes.IndexByte(whole[name:], '"') + 1 // behind the padding
	for at := body; at < len(whole); at++ {
		zeroed := append(bytes.Clone(whole[:at]), make([]byte, len(whole)-at)...)
		for name, b := range map[string][]byte{"cut": whole[:at], "zeroed": zeroed} {
			p, err := Open(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			size, damage := p.Readable()
			if damage == nil && strings.TrimSpace(string(whole[at:])) != "" {
				t.Errorf("%s at %d: it is said to be whole", name, at)
			}
			rows := bytes.Count(whole[body:min(at, len(whole))], []byte(`\n`))
			if got := strings.Count(text[:size], "\n"); got != rows || size > 0 && text[size-1] != '\n' {
				t.Errorf("%s at %d: %d bytes, which are %d rows; %d stand before", name, at, size, got, rows)
			}
			if got, err := io.ReadAll(io.LimitReader(p.Body(), size)); err != nil || string(got) != text[:size] {
				t.Errorf("%s at %d: read %q, %v", name, at, got, err)
			}
		}
	}
}

func TestReadableGivesAllOfAWholePack(t *testing.T) {
	for _, text := range []string{"", "a\n", "a\nno newline", strings.Repeat("x", 3*blockSize) + "\n"} {
		p, _ := Open(bytes.NewReader(pack(t, header(), text)), int64(len(pack(t, header(), text))))
		if size, damage := p.Readable(); size != int64(len(text)) || damage != nil {
			t.Errorf("%.10q…: %d of %d bytes, %v", text, size, len(text), damage)
		}
	}
}
