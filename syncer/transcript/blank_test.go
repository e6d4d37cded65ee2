package transcript

import (
	"io"
	"strings"
	"testing"
)

func TestBlankTranscriptHasNothingToSend(t *testing.T) {
	zeros := strings.Repeat("\x00", 200_000)
	for name, c := range map[string]struct {
		whole string
		want  bool
	}{
		"no bytes, or a torn row only": {"", true},
		"a newline":                    {"\n", true},
		"white space":                  {" \t\r\n\n", true},
		"zeros":                        {zeros, true},
		"zeros and a newline":          {zeros + "\n", true},
		"a row":                        {turn("1"), false},
		"metadata":                     {glance("1"), false},
		"zeros before a row":           {zeros + turn("1"), false},
		"a row before zeros":           {turn("1") + zeros + "\n", false},
		"garbage":                      {"x\n", false},
	} {
		if got, err := local(c.whole).Blank(); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestBlankReadsNoFurtherThanItHasTo(t *testing.T) {
	row := turn("1")
	broken := Local{readerAt{strings.NewReader(row), int64(len(row))}, 1 << 30}
	if got, err := broken.Blank(); got || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	broken = Local{readerAt{strings.NewReader(row), 0}, 1 << 30}
	if got, err := broken.Blank(); got || err == nil {
		t.Errorf("a transcript that cannot be read: got %v, %v", got, err)
	}
}

// readerAt fails behind its first n bytes.
type readerAt struct {
	io.ReaderAt
	n int64
}

// ReadAt implements io.ReaderAt.
func (r readerAt) ReadAt(b []byte, off int64) (int, error) {
	n, err := io.NewSectionReader(r.ReaderAt, 0, r.n).ReadAt(b, off)
	if err == io.EOF {
		err = io.ErrClosedPipe
	}
	return n, err
}
