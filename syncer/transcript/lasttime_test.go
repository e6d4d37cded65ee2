package transcript

import (
	"strings"
	"testing"
	"time"
)

// noon is a moment that no test depends on being now.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func stamped(at string) string { return `{"type":"user","timestamp":"` + at + `"}` }

func TestLastTimeIsThatOfTheLastRowThatHasOne(t *testing.T) {
	const early, late = "2026-05-04T10:00:00.000Z", "2026-05-04T12:00:00.000Z"
	blob := func(n int) string { return `{"type":"api-request-blob","blob":"` + strings.Repeat("z", n) + `"}` }
	for _, c := range []struct {
		name, text string
		want       time.Time
	}{
		{"last row", lines(stamped(early), stamped(late)), noon},
		{"last of many", lines(stamped(early), stamped(early), stamped(early), stamped(late)), noon},
		{"no final newline", stamped(early) + "\n" + stamped(late), noon},
		{"file order, not the greatest", lines(stamped("2027-01-01T00:00:00Z"), stamped(late)), noon},
		{"rows without one behind it", lines(stamped(late), `{"type":"mode"}`, ""), noon},
		{"a nested one does not count", lines(stamped(late), `{"snapshot":{"timestamp":"`+early+`"}}`), noon},
		{"another type does not count", lines(stamped(late), `{"timestamp":1715380000000}`), noon},
		{"no time at all does not count", lines(stamped(late), stamped("yesterday")), noon},
		{"a zone", lines(stamped("2026-05-04T14:00:00+02:00")), noon},
		{"torn after it", lines(stamped(early)) + strings.TrimSuffix(stamped(late), "}"), noon},
		{"torn within it", lines(stamped(late)) + stamped(early)[:40], noon},
		{"beyond the first window", lines(stamped(late), blob(100<<10)), noon},
		{"beyond the second window", lines(stamped(late), blob(2<<20)), noon},
		{"in the row of the window's edge", lines(stamped(early), strings.TrimSuffix(stamped(late), "}")+`,"x":"`+strings.Repeat("z", 100<<10)+`"}`), noon},
		{"beyond the last window", lines(stamped(late), blob(17<<20)), time.Time{}},
		{"none", lines(`{"type":"mode"}`), time.Time{}},
		{"empty", "", time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := LastTime(strings.NewReader(c.text), int64(len(c.text)))
			if !got.Equal(c.want) || ok == c.want.IsZero() {
				t.Errorf("got %v, %v, want %v", got, ok, c.want)
			}
		})
	}
	if got, ok := LastTime(brokenDisk{}, 100); ok {
		t.Errorf("broken disk: got %v", got)
	}
}
