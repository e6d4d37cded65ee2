package transcript

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"claude-sync/syncer/words"
)

func describeText(t *testing.T, text string) Description {
	t.Helper()
	d, err := Describe(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	userRow    = `{"type":"user","cwd":"/home/ana/app","entrypoint":"cli","message":{"role":"user","content":"fix the login bug"}}`
	summaryRow = `{"type":"summary","summary":"the summary"}`
	promptRow  = `{"type":"last-prompt","lastPrompt":"the last prompt","leafUuid":"x"}`
	aiRow      = `{"type":"ai-title","aiTitle":"the AI title"}`
	customRow  = `{"type":"custom-title","customTitle":"my title"}`
)

func lines(rows ...string) string { return strings.Join(rows, "\n") + "\n" }

// filler is about n bytes of rows that say nothing.
func filler(n int) string {
	row := `{"type":"assistant","message":{"content":"` + strings.Repeat("z", 900) + `"}}` + "\n"
	return strings.Repeat(row, n/len(row)+1)
}

func TestTitleIsChosenAsInThePicker(t *testing.T) {
	const big = 200 << 10
	for _, c := range []struct{ name, text, want string }{
		{"custom title first", lines(customRow, aiRow, promptRow, summaryRow, userRow), "my title"},
		{"then the AI's", lines(userRow, summaryRow, promptRow, aiRow), "the AI title"},
		{"then the last prompt", lines(userRow, summaryRow, promptRow), "the last prompt"},
		{"then the summary", lines(userRow, summaryRow), "the summary"},
		{"then the first prompt", lines(userRow, strings.Replace(userRow, "login", "second", 1)), "fix the login bug"},
		{"the later of two", lines(customRow, userRow, strings.Replace(customRow, "my", "new", 1)), "new title"},
		{"a title taken back", lines(aiRow, customRow, `{"type":"custom-title","customTitle":""}`), "the AI title"},
		{"a prompt row without text", lines(promptRow, `{"type":"last-prompt","leafUuid":"y"}`), "the last prompt"},
		{"a title of the wrong type", lines(userRow, `{"type":"custom-title","customTitle":7}`), "fix the login bug"},
		{"a title in a row of another type", lines(userRow, `{"type":"user","customTitle":"no","summary":"no","lastPrompt":"no"}`), "fix the login bug"},
		{"title in the head of a long file", lines(customRow) + filler(big), "my title"},
		{"title in the tail of a long file", lines(userRow) + filler(big) + customRow, "my title"},
		{"the tail's before the head's", lines(customRow) + filler(big) + strings.Replace(customRow, "my", "tail", 1), "tail title"},
		{"title in the middle is not seen", lines(userRow) + filler(big) + customRow + "\n" + filler(big), "fix the login bug"},
		{"the tail's prompt is not the first", lines(`{"type":"mode"}`) + filler(big) + userRow, ""},
		{"control characters", lines(`{"type":"custom-title","customTitle":"a\u001b[31m\u202eb\u0007 \n c"}`), "a[31mb c"},
		{"nothing", "", ""},
		{"garbage", "\x00\xff{{{\n[1,2\n\"x\n", ""},
		{"no final newline", customRow, "my title"},
		{"CRLF", strings.ReplaceAll(lines(userRow, customRow), "\n", "\r\n"), "my title"},
		{"torn row", lines(userRow) + customRow[:len(customRow)-3], "fix the login bug"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describeText(t, c.text).Title; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFirstPromptIsWhatAPersonTyped(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"text", `{"type":"user","message":{"content":"hello"}}`, "hello"},
		{"parts", `{"type":"user","message":{"content":[{"type":"image","text":"no"},{"type":"text","text":"hello"}]}}`, "hello"},
		{"reminder, then text", `{"type":"user","message":{"content":[{"type":"text","text":"<system-reminder>no"},{"type":"text","text":"hello"}]}}`, "hello"},
		{"tool result", `{"type":"user","message":{"content":[{"type":"tool_result","content":"no"}]}}`, "next"},
		{"command", `{"type":"user","message":{"content":"<command-name>/clear</command-name>"}}`, "next"},
		{"command output", `{"type":"user","message":{"content":"<local-command-stdout>no"}}`, "next"},
		{"interruption", `{"type":"user","message":{"content":"[Request interrupted by user]"}}`, "next"},
		{"an angle bracket that was typed", `{"type":"user","message":{"content":"<div> is off"}}`, "<div> is off"},
		{"meta", `{"type":"user","isMeta":true,"message":{"content":"no"}}`, "next"},
		{"meta, not of a sub-agent", `{"type":"user","isMeta":true,"isSidechain":false,"message":{"content":"no"}}`, "next"},
		{"not meta", `{"type":"user","isMeta":false,"message":{"content":"hello"}}`, "hello"},
		{"compaction", `{"type":"user","isCompactSummary":true,"message":{"content":"no"}}`, "next"},
		{"sub-agent", `{"type":"user","isSidechain":true,"message":{"content":"no"}}`, "next"},
		{"assistant", `{"type":"assistant","message":{"content":"no"}}`, "next"},
		{"no message", `{"type":"user"}`, "next"},
		{"message of another type", `{"type":"user","message":"no"}`, "next"},
		{"content of another type", `{"type":"user","message":{"content":{"text":"no"}}}`, "next"},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := `{"type":"user","message":{"role":"user","content":"next"}}`
			if got := describeText(t, lines(c.row, next)).Title; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCwdIsTheLastMoveElseTheFirstRecorded(t *testing.T) {
	row := func(cwd string) string { return fmt.Sprintf(`{"type":"user","cwd":%q,"entrypoint":"sdk-cli"}`, cwd) }
	move := func(cwd string) string { return fmt.Sprintf(`{"type":"relocated","relocatedCwd":%q}`, cwd) }
	cut := strings.TrimSuffix(row("/a"), "}") + `,"message":"` + strings.Repeat("z", 2*window)
	for _, c := range []struct{ name, text, want string }{
		{"first", lines(`{"type":"mode"}`, row("/a"), row("/b")), "/a"},
		{"moved", lines(row("/a"), move("/b"), move("/c"), row("/d")), "/c"},
		{"moved to nowhere", lines(row("/a"), move("/b"), move("")), "/b"},
		{"moved in the tail", row("/a") + "\n" + filler(2*window) + move("/b"), "/b"},
		{"moved in a row of another type", lines(row("/a"), `{"type":"user","relocatedCwd":"/b"}`), "/a"},
		{"a first row longer than the head", cut, "/a"},
		{"nested", lines(`{"type":"user","message":{"cwd":"/no"}}`), ""},
		{"none", lines(`{"type":"mode"}`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describeText(t, c.text).Cwd; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := describeText(t, lines(`{"type":"mode"}`, row("/a"), `{"entrypoint":"cli"}`)).Entrypoint; got != "sdk-cli" {
		t.Errorf("Entrypoint: got %q, want the first", got)
	}
}

func TestTitlesAreLabels(t *testing.T) {
	long := strings.Repeat("é", titleLimit)
	for _, c := range []struct{ name, in, want string }{
		{"plain", "fix the bug", "fix the bug"},
		{"white space", `  a\t\n b\u00a0\u2028c  `, "a b c"},
		{"controls and directions", `a\u0000b\u001b[2Jc\u202egnp.exe\u202c`, "ab[2Jcgnp.exe"},
		{"invisible letters", `desk\u3164top\u200b`, "desktop"},
		{"half a pair", `a\ud800b`, "ab"},
		{"80 fit", long, long},
		{"81 do not", long + "x", long[:2*79] + "…"},
		{"nothing to see is no title", ` \u200e\n`, "the prompt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := lines(`{"type":"user","message":{"role":"user","content":"the prompt"}}`,
				`{"type":"custom-title","customTitle":"`+c.in+`"}`)
			if got := describeText(t, text).Title; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzDescribeNeverPanicsAndTitlesAreClean(f *testing.F) {
	f.Add([]byte(lines(userRow, summaryRow, promptRow, aiRow, customRow)), uint16(0))
	f.Add([]byte(`{"type":"user","message":{"content":[{"type":"text","text":"a\ud800\u202e`), uint16(7))
	f.Add([]byte("{\"timestamp\":\"2026-05-04T12:00:00Z\"}\n\x00\ufeff{"), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		text := string(data)
		// A size that is not the file's is what a file gives that changes under the reader.
		for _, size := range []int64{int64(len(text)), int64(len(text)) + int64(cut), max(int64(len(text))-int64(cut), 0)} {
			d, err := Describe(strings.NewReader(text), size)
			if err != nil {
				t.Fatal(err)
			}
			if d.Title != words.Label(d.Title, 80) {
				t.Errorf("got title %q", d.Title)
			}
			LastTime(strings.NewReader(text), size)
		}
	})
}

func TestDescribeSaysThatItCannotRead(t *testing.T) {
	for _, from := range []int64{0, 1} {
		if _, err := Describe(brokenDisk{from}, 3*window); !errors.Is(err, errDisk) {
			t.Errorf("disk broken from %d: got %v", from, err)
		}
	}
}

func TestATranscriptWithoutAWholeRowIsEmpty(t *testing.T) {
	long := `{"type":"user","uuid":"1","text":"` + strings.Repeat("z", 2*window) + `"}`
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"nothing":                 {"", true},
		"few zeros":               {"\x00\x00\n", true},
		"many zeros":              {strings.Repeat("\x00", 3*window) + "\n", true},
		"a torn row":              {`{"type":"us`, true},
		"a long torn row":         {long[:2*window], true},
		"a row":                   {turn("1"), false},
		"a long row":              {long + "\n", false},
		"zeros before a row":      {strings.Repeat("\x00", 3*window) + "\n" + turn("1"), false},
		"a row before a torn one": {turn("1") + long[:2*window], false},
	} {
		if d, err := Describe(strings.NewReader(c.text), int64(len(c.text))); err != nil || d.Empty != c.want {
			t.Errorf("%s: got %v, %v, want %v", name, d.Empty, err, c.want)
		}
	}
}
