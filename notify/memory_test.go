package notify

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMemorySurvivesARestart(t *testing.T) {
	notified := Notified{}.clone()
	notified.set("a", "one", noon())
	notified.set("b "+strings.Repeat("long", 200), strings.Repeat("of", 400), noon())
	notified.set("c\xff", "two", noon())
	back, err := ParseNotified(notified.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Bytes(), notified.Bytes()) {
		t.Errorf("got %s, want %s", back.Bytes(), notified.Bytes())
	}
	if got := back.last("a"); got != "one" {
		t.Errorf("got %q, want one", got)
	}
	for _, key := range []string{"a", "b " + strings.Repeat("long", 200), "c\xff"} {
		if !back.has(key) {
			t.Errorf("%.20q was forgotten", key)
		}
	}
}

func TestABrokenMemoryIsEmpty(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "{", "another form": "[]", "no version": `{"told":{"a":{"at":1}}}`, "newer": `{"version":2,"told":{}}`,
		"cut": `{"version":1,"told":{"a":{"of":"x","at"`, "wrong type": `{"version":1,"told":{"a":{"at":"soon"}}}`,
	} {
		notified, err := ParseNotified([]byte(text))
		if err == nil || len(notified.marks) != 0 {
			t.Errorf("%s: got %v, %v, want an empty one and an error", name, notified, err)
		}
		// The program continues with it.
		if _, next := Decide(notified, Scene{Unavailable: "x", Now: noon()}); !next.has("folder") {
			t.Errorf("%s: nothing can be remembered", name)
		}
	}
}

func TestTheMemoryIsBoundedAndForgetsArrivalsFirst(t *testing.T) {
	notified := Notified{}.clone()
	notified.set("conflict x", "old", noon().Add(-maxAge/3))
	for i := range 3 * maxMarks {
		notified.set(fmt.Sprintf("arrived %d", i), "x", noon().Add(time.Duration(i)*time.Second))
	}
	notified.expire(noon())
	if len(notified.marks) != maxMarks || !notified.has("conflict x") || !notified.has(fmt.Sprintf("arrived %d", 3*maxMarks-1)) {
		t.Errorf("got %d marks, want %d, the conflict and the newest among them", len(notified.marks), maxMarks)
	}
	notified.expire(noon().Add(maxAge))
	if notified.has("conflict x") || len(notified.marks) == 0 {
		t.Errorf("got %d marks, want those that are not old", len(notified.marks))
	}
}

// A mark that is still true after half of maxAge is renewed.
func TestWhatIsStillTrueIsNotForgotten(t *testing.T) {
	notified := Notified{}.clone()
	notified.set("a", "x", noon())
	notified.keep("a", noon().Add(time.Hour))
	if got := notified.at("a"); !got.Equal(noon()) {
		t.Errorf("got %v: each look would change the file", got)
	}
	notified.keep("a", noon().Add(maxAge-time.Hour))
	notified.expire(noon().Add(maxAge + time.Hour))
	if notified.last("a") != "x" {
		t.Error("it was forgotten")
	}
	notified.keep("unknown", noon())
	if notified.has("unknown") {
		t.Error("what was never told is remembered")
	}
}

func TestLongKeysStayApart(t *testing.T) {
	long := strings.Repeat("x", 1000)
	if fit(long+"a") == fit(long+"b") || len(fit(long)) > maxKey || fit("short") != "short" {
		t.Errorf("got %q and %q", fit(long+"a"), fit(long+"b"))
	}
}

func FuzzParseNotified(f *testing.F) {
	f.Add([]byte(`{"version":1,"told":{"conflict x":{"of":"a b","at":1795000000},"stale y":{"at":1}}}`))
	f.Add([]byte(`{"version":1,"told":null}`))
	f.Add([]byte(`{"version":1,"told":{"\ud800":{"at":-9223372036854775808}}}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		notified, err := ParseNotified(data)
		if err != nil && len(notified.marks) > 0 {
			t.Errorf("got marks and %v", err)
		}
		if len(notified.marks) > maxMarks {
			t.Errorf("got %d marks, want %d at most", len(notified.marks), maxMarks)
		}
		back, err := ParseNotified(notified.Bytes())
		if err != nil || !bytes.Equal(back.Bytes(), notified.Bytes()) {
			t.Errorf("got %s, %v, want %s", back.Bytes(), err, notified.Bytes())
		}
		Decide(notified, Scene{After: snap(), Now: noon()})
	})
}
