package ccsync

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// extended extends a pack of the first n bytes of jsonl to a pack of jsonl.
func extended(t *testing.T, jsonl string, n int, h Header) ([]byte, error) {
	t.Helper()
	b := pack(t, header(), jsonl[:n])
	p, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	w := &memory{b: slices.Clone(b)}
	_, err = p.Extend(w, h, strings.NewReader(jsonl), int64(n), int64(len(jsonl)), io.Discard)
	return w.b, err
}

func TestExtendedPackIsTheOneThatIsWrittenAnew(t *testing.T) {
	h := header()
	h.ExportedAt++
	for name, jsonl := range transcripts() {
		for _, n := range []int{1, 2, 5, len(jsonl) / 2, len(jsonl) - 1, len(jsonl)} {
			if n < 1 || n > len(jsonl) {
				continue
			}
			got, err := extended(t, jsonl, n, h)
			if jsonl[n-1] >= 0x80 {
				if !errors.Is(err, ErrNotExtendable) {
					t.Errorf("%s, from %d: got %v for what may be half a sequence", name, n, err)
				}
				continue
			}
			if want := pack(t, h, jsonl); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, from %d: %v, or it is another pack", name, n, err)
			}
		}
	}
}

func TestOnlyOurOwnFormIsExtended(t *testing.T) {
	longer := header()
	longer.OriginalCwd += strings.Repeat("/more", 200)
	if _, err := extended(t, "{}\n{}\n", 3, longer); !errors.Is(err, ErrNotExtendable) {
		t.Errorf("a longer header: got %v", err)
	}
	for name, text := range map[string]string{
		"compact":      `{` + good + `,"jsonl":"a\n"}`,
		"another end":  string(pack(t, header(), "a\n")) + "\n",
		"another form": strings.Replace(string(pack(t, header(), "a\n")), `"lineCount":  `, ` "lineCount": `, 1),
	} {
		p, err := Open(strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Extend(&memory{b: []byte(text)}, p.Header, strings.NewReader("a\nb\n"), 2, 4, io.Discard); !errors.Is(err, ErrNotExtendable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A sync tool that compares blocks re-sends only the first and last ones, even if the number of lines gets one
// more digit.
func TestAppendingChangesFewBlocks(t *testing.T) {
	const block, row = 128 << 10, 52_000
	line := `{"text":"` + strings.Repeat("x\\n", (row-13)/3) + "\"}\n"
	for _, lines := range []int{998, 999} {
		before := strings.Repeat(line, lines)
		old, fresh := pack(t, header(), before), pack(t, header(), before+line+line)
		changed, n := 0, (len(fresh)+block-1)/block
		for i := range n {
			a, b := old[min(i*block, len(old)):min((i+1)*block, len(old))], fresh[i*block:min((i+1)*block, len(fresh))]
			if !bytes.Equal(a, b) {
				changed++
			}
		}
		if n < 412 || changed > 4 {
			t.Errorf("after line %d, %d of %d blocks have changed, want 4 at most", lines, changed, n)
		}
		t.Logf("after line %d, %d of %d blocks of 128 KiB have changed", lines, changed, n)
	}
}
