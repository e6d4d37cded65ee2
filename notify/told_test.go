package notify

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestToldSurvivesARestart(t *testing.T) {
	told := Told{}.clone()
	told.set("a", "one", noon())
	told.set("b "+strings.Repeat("long", 200), strings.Repeat("of", 400), noon())
	told.set("c\xff", "two", noon())
	back, err := ParseTold(told.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Bytes(), told.Bytes()) {
		t.Errorf("got %s, want %s", back.Bytes(), told.Bytes())
	}
	if got := back.of("a"); got != "one" {
		t.Errorf("got %q, want one", got)
	}
	for _, key := range []string{"a", "b " + strings.Repeat("long", 200), "c\xff"} {
		if !back.has(key) {
			t.Errorf("%.20q was forgotten", key)
		}
	}
}

func TestBrokenToldIsEmpty(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "{", "another form": "[]", "no version": `{"told":{"a":{"at":1}}}`, "newer": `{"version":2,"told":{}}`,
		"cut": `{"version":1,"told":{"a":{"of":"x","at"`, "wrong type": `{"version":1,"told":{"a":{"at":"soon"}}}`,
	} {
		told, err := ParseTold([]byte(text))
		if err == nil || len(told.marks) != 0 {
			t.Errorf("%s: got %v, %v, want an empty one and an error", name, told, err)
		}
		// The program goes on with it.
		if _, next := Decide(told, Scene{Unavailable: "x", Now: noon()}); !next.has("folder") {
			t.Errorf("%s: nothing can be remembered", name)
		}
	}
}

func TestToldIsBoundedAndForgetsArrivalsFirst(t *testing.T) {
	told := Told{}.clone()
	told.set("conflict x", "old", noon().Add(-memory/3))
	for i := range 3 * maxMarks {
		told.set(fmt.Sprintf("arrived %d", i), "x", noon().Add(time.Duration(i)*time.Second))
	}
	told.forget(noon())
	if len(told.marks) != maxMarks || !told.has("conflict x") || !told.has(fmt.Sprintf("arrived %d", 3*maxMarks-1)) {
		t.Errorf("got %d marks, want %d, the conflict and the newest among them", len(told.marks), maxMarks)
	}
	told.forget(noon().Add(memory))
	if told.has("conflict x") || len(told.marks) == 0 {
		t.Errorf("got %d marks, want those that are not old", len(told.marks))
	}
}

// What is still true after half the time is remembered for the whole of it again.
func TestWhatIsStillTrueIsNotForgotten(t *testing.T) {
	told := Told{}.clone()
	told.set("a", "x", noon())
	told.keep("a", noon().Add(time.Hour))
	if got := told.at("a"); !got.Equal(noon()) {
		t.Errorf("got %v: each look would change the file", got)
	}
	told.keep("a", noon().Add(memory-time.Hour))
	told.forget(noon().Add(memory + time.Hour))
	if told.of("a") != "x" {
		t.Error("it was forgotten")
	}
	told.keep("unknown", noon())
	if told.has("unknown") {
		t.Error("what was never told is remembered")
	}
}

func TestLongKeysStayApart(t *testing.T) {
	long := strings.Repeat("x", 1000)
	if fit(long+"a") == fit(long+"b") || len(fit(long)) > maxKey || fit("short") != "short" {
		t.Errorf("got %q and %q", fit(long+"a"), fit(long+"b"))
	}
}

func FuzzParseTold(f *testing.F) {
	f.Add([]byte(`{"version":1,"told":{"conflict x":{"of":"a b","at":1795000000},"stale y":{"at":1}}}`))
	f.Add([]byte(`{"version":1,"told":null}`))
	f.Add([]byte(`{"version":1,"told":{"\ud800":{"at":-9223372036854775808}}}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		told, err := ParseTold(data)
		if err != nil && len(told.marks) > 0 {
			t.Errorf("got marks and %v", err)
		}
		if len(told.marks) > maxMarks {
			t.Errorf("got %d marks, want %d at most", len(told.marks), maxMarks)
		}
		back, err := ParseTold(told.Bytes())
		if err != nil || !bytes.Equal(back.Bytes(), told.Bytes()) {
			t.Errorf("got %s, %v, want %s", back.Bytes(), err, told.Bytes())
		}
		Decide(told, Scene{After: snap(), Now: noon()})
	})
}
