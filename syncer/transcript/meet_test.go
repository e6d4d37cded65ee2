package transcript

import (
	"strings"
	"testing"
)

func TestMeet(t *testing.T) {
	const a, b, c = `{"uuid":"a"}` + "\n", `{"uuid":"b"}` + "\n", `{"uuid":"c"}` + "\n"
	far := strings.Repeat(`{"type":"mode"}`+"\n", headLimit/16+1)
	for _, tc := range []struct {
		name, ours, theirs string
		want               bool
	}{
		{"the same", a + b, a + b, true},
		{"one went on", a, a + b, true},
		{"both went on", a + b, a + c, true},
		{"a row was edited", `{"uuid":"a","v":1}` + "\n", a, true},
		{"the first row is not there", b + c, a + b, true},
		{"nothing in common", a, b, false},
		{"only rows without a uuid in common", `{"type":"mode"}` + "\n", `{"type":"mode"}` + "\n", false},
		{"empty", "", a, false},
		{"both empty", "", "", false},
		{"in common far from the beginning", a + far + c, b + far + c, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, sides := range [][2]string{{tc.ours, tc.theirs}, {tc.theirs, tc.ours}} {
				got, err := Meet(local(sides[0]), local(sides[1]))
				if err != nil || got != tc.want {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
}
