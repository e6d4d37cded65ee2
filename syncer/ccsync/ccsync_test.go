package ccsync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

const testID = "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab"

func header() Header {
	return Header{SessionID: testID, ProjectKey: "git:https://github.com/you/myapp.git",
		OriginalCwd: `C:\Users\you\code\myapp`, MachineName: "desktop", ExportedAt: 1715380000000}
}

// pack encodes jsonl with its true line count.
func pack(t testing.TB, h Header, jsonl string) []byte {
	t.Helper()
	var c LineCounter
	c.Write([]byte(jsonl))
	h.LineCount = c.Lines()
	var b bytes.Buffer
	e, err := NewEncoder(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(e, jsonl); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(b []byte) (Header, string, error) {
	p, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return Header{}, "", err
	}
	body, err := io.ReadAll(p.Body())
	return p.Header, string(body), err
}

func transcripts() map[string]string {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	return map[string]string{
		"empty":             "",
		"one row":           `{"uuid":"a"}` + "\n",
		"no final newline":  "{\"a\":1}\n{\"b\":2}",
		"CRLF":              "{\"a\":1}\r\n{\"b\":2}\r\n",
		"line separators":   "{\"a\":\"\u2028\u2029\u007f\"}\n",
		"control":           "\x00\x01\b\f\t\x1f\n",
		"surrogate escapes": `{"a":"\ud83d","b":"\u0000","c":"\udcff"}` + "\n",
		"emoji and CJK":     strings.Repeat("日本語😀é", 40_000) + "\n",
		"bytes not UTF-8":   "\xff\xfe\xc3(\xed\xa0\x80\xf0\x9f\n",
		"cut sequence":      "abc\xe6\x97",
		"noise":             string(noise),
		"quotes":            strings.Repeat(`"\`, 100_000),
		"long row":          `{"a":"` + strings.Repeat("x", 3<<20) + "\"}\n",
	}
}

func TestTranscriptComesBackByteForByte(t *testing.T) {
	for name, jsonl := range transcripts() {
		t.Run(name, func(t *testing.T) {
			h, got, err := unpack(pack(t, header(), jsonl))
			if err != nil {
				t.Fatal(err)
			}
			if got != jsonl {
				t.Fatalf("%d bytes came back, %d went in, or they differ", len(got), len(jsonl))
			}
			if h.MachineName != "desktop" || h.OriginalCwd != `C:\Users\you\code\myapp` || h.SessionID != testID {
				t.Errorf("header came back as %+v", h)
			}
		})
	}
}

// Bytes written one by one give the same pack.
func TestPackDoesNotDependOnHowItWasWritten(t *testing.T) {
	for name, jsonl := range transcripts() {
		jsonl := jsonl[:min(len(jsonl), 200_000)]
		want := pack(t, header(), jsonl)
		h := header()
		var got bytes.Buffer
		e, err := NewEncoder(&got, h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(e, iotest.OneByteReader(strings.NewReader(jsonl))); err != nil {
			t.Fatal(err)
		}
		lines, err := e.Close()
		if err != nil {
			t.Fatal(err)
		}
		patched := &writerAt{got.Bytes()}
		if err := PatchLineCount(patched, h, lines); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(patched.b, want) {
			t.Errorf("%s: differs when written byte by byte", name)
		}
	}
}

type writerAt struct{ b []byte }

func (w *writerAt) WriteAt(p []byte, off int64) (int, error) { return copy(w.b[off:], p), nil }

// JSON.stringify's own output is checked against Node in the scenarios; here against the library, where
// the two agree.
func TestPackIsJSON(t *testing.T) {
	for name, jsonl := range transcripts() {
		var got map[string]any
		if err := json.Unmarshal(pack(t, header(), jsonl), &got); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := strings.ToValidUTF8(jsonl, "\uFFFD"); len(got) != 8 || name == "control" && got["jsonl"] != want {
			t.Errorf("%s: %d members, jsonl %.40q", name, len(got), got["jsonl"])
		}
	}
}

func TestHeaderLengthIsConstant(t *testing.T) {
	short, long := header(), header()
	long.LineCount = 999_999_999_999
	a := short.render(newKernel())
	b := long.render(newKernel())
	if len(a) != len(b) {
		t.Errorf("header is %d bytes with one line, %d with many", len(a), len(b))
	}
}

const good = `"_schemaVersion":1,"sessionId":"` + testID + `","projectKey":"name:x","originalCwd":"/x","machineName":"m","exportedAt":1,"lineCount":1`

func TestReaderAcceptsAnyLegalForm(t *testing.T) {
	for name, text := range map[string]string{
		"compact":            `{` + good + `,"jsonl":"a\n"}`,
		"lines + 1":          strings.Replace(`{`+good+`,"jsonl":"a\n"}`, `"lineCount":1`, `"lineCount":2`, 1),
		"white space":        " \r\n\t{ " + good + " ,\n\"jsonl\" \t:\r\n   \"a\\n\"\n }\n\n",
		"jsonl first":        `{"jsonl":"a\n",` + good + `}`,
		"jsonl in between":   `{"_schemaVersion":1,"jsonl":"a\n",` + strings.TrimPrefix(good, `"_schemaVersion":1,`) + `}`,
		"unknown members":    `{"x":{"jsonl":["deep",{"a":[]}]},"y":null,` + good + `,"jsonl":"a\n","z":[1,2,{"lineCount":7}]}`,
		"escaped names":      `{` + strings.Replace(good, "sessionId", `session\u0049d`, 1) + `,"json\u006c":"a\u000a"}`,
		"deep unknown value": `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `,` + good + `,"jsonl":"a\n"}`,
		"solidus":            `{` + good + `,"jsonl":"\u0061\u000A"}`,
	} {
		t.Run(name, func(t *testing.T) {
			h, got, err := unpack([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got != "a\n" || h.SessionID != testID || h.ProjectKey != "name:x" || h.ExportedAt != 1 {
				t.Errorf("got %q, %+v", got, h)
			}
		})
	}
}

func TestReaderRefusesWithAReason(t *testing.T) {
	whole := `{` + good + `,"jsonl":"a\n"}`
	replace := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	for name, c := range map[string]struct{ text, reason string }{
		"nothing":             {"", "ends in the middle"},
		"cut in the header":   {whole[:30], "ends in the middle"},
		"cut in the body":     {whole[:len(whole)-4], "ends in the middle"},
		"cut before the end":  {whole[:len(whole)-1], "ends in the middle"},
		"newer version":       {replace(`"_schemaVersion":1`, `"_schemaVersion":2`), "newer claude-sync: schema 2"},
		"no version":          {replace(`"_schemaVersion":1,`, ``), `"_schemaVersion" is missing`},
		"not an object":       {`[1]`, "not a JSON object"},
		"not JSON":            {`{x}`, "not a pack"},
		"other id":            {replace(testID, "../../etc/passwd"), "not a UUID"},
		"id with path":        {replace(testID, "../../../etc/passwd-0123456789abcdef"), "not a lower-case UUID"},
		"count is text":       {replace(`"lineCount":1`, `"lineCount":"1"`), `"lineCount" is not a number`},
		"count is negative":   {replace(`"lineCount":1`, `"lineCount":-1`), "not a whole number"},
		"count is wrong":      {replace(`"lineCount":1`, `"lineCount":3`), "lineCount says 3, the transcript has 1 lines"},
		"key is a number":     {replace(`"name:x"`, `7`), `"projectKey" is not a string`},
		"doubled":             {replace(`{`, `{"sessionId":"`+testID+`",`), `"sessionId" stands there twice`},
		"doubled behind":      {replace("\"a\\n\"}", "\"a\\n\",\"sessionId\":\""+testID+"\"}"), `"sessionId" stands there twice`},
		"doubled transcript":  {replace("\"a\\n\"}", "\"a\\n\",\"jsonl\":\"b\"}"), `"jsonl" stands there twice`},
		"jsonl is an object":  {replace(`"a\n"`, `{}`), `"jsonl" is not a string`},
		"no jsonl":            {replace(`,"jsonl":"a\n"`, ``), `"jsonl" is missing`},
		"raw newline":         {replace(`a\n`, "a\n"), "raw control character"},
		"lone high surrogate": {replace(`a\n`, `a\ud83dx`), "lone surrogate \\ud83d"},
		"lone low surrogate":  {replace(`a\n`, `a\ude00x`), "lone surrogate \\ude00"},
		"two high surrogates": {replace(`a\n`, `a\ud83d\ud83d`), "lone surrogate"},
		"unknown escape":      {replace(`a\n`, `a\x41`), "unknown escape"},
		"broken escape":       {replace(`a\n`, `a\u00g0`), "broken escape"},
		"trailing text":       {whole + `{}`, "something follows"},
		"number after quote":  {replace("\\n\"}", "\\n\"5}"), "not a pack"},
		"huge header":         {`{"x":"` + strings.Repeat("y", maxHead) + `",` + good + `,"jsonl":"a\n"}`, "bytes beside the transcript"},
		"huge tail":           {whole + strings.Repeat(" ", maxHead+1), "follow the transcript"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := unpack([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("got %v, want %q", err, c.reason)
			}
		})
	}
}

func TestMembersBehindATranscriptThatFillsItsBlocks(t *testing.T) {
	for n := blockSize - 20; n <= blockSize+20; n++ {
		text := `{"jsonl":"` + strings.Repeat("a", n) + `",` + good + `}`
		if _, got, err := unpack([]byte(text)); err != nil || len(got) != n {
			t.Fatalf("%d bytes: got %d, %v", n, len(got), err)
		}
	}
}

// A half-downloaded file must not count as a broken one, at any length.
func TestEveryBeginningIsTruncated(t *testing.T) {
	whole := pack(t, header(), "{\"a\":\"é😀\\u2028\"}\n\xff\n")
	for n := range whole {
		if _, _, err := unpack(whole[:n]); !errors.Is(err, ErrTruncated) {
			t.Fatalf("first %d bytes: got %v, want ErrTruncated", n, err)
		}
	}
}

func TestReadErrorsAreNotTruncation(t *testing.T) {
	b := pack(t, header(), strings.Repeat("x", 3*blockSize))
	p, err := Open(failingAt{bytes.NewReader(b), 2 * blockSize}, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(p.Body()); !errors.Is(err, errDisk) {
		t.Errorf("got %v, want the disk's error", err)
	}
}

// Whoever shows the error names the pack, so the file's path would stand there twice.
func TestReadErrorsNameNoPath(t *testing.T) {
	for name, err := range map[string]error{"header": new(Pack).explain(&fs.PathError{Op: "read", Path: "/sync/x.ccsync", Err: errDisk}, 0),
		"body": new(Pack).readError(&fs.PathError{Op: "read", Path: "/sync/x.ccsync", Err: errDisk})} {
		if err.Error() != "reading the pack: disk says no" || !errors.Is(err, errDisk) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

var errDisk = errors.New("disk says no")

type failingAt struct {
	*bytes.Reader
	from int64
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.from {
		return 0, errDisk
	}
	return f.Reader.ReadAt(p[:min(int64(len(p)), f.from-off)], off)
}

func FuzzRoundTrip(f *testing.F) {
	for _, jsonl := range transcripts() {
		if len(jsonl) < 1000 {
			f.Add([]byte(jsonl))
		}
	}
	f.Fuzz(func(t *testing.T, jsonl []byte) {
		_, got, err := unpack(pack(t, header(), string(jsonl)))
		if err != nil || got != string(jsonl) {
			t.Fatalf("%q came back as %q, %v", jsonl, got, err)
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{` + good + `,"jsonl":"a\n"}`))
	f.Add([]byte(`{"jsonl":"a\ud83d\ude00\udc80",` + good + `}`))
	f.Add([]byte(`{"_schemaVersion":9}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, jsonl, err := unpack(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("took %q, which is not JSON", b)
		}
		if _, again, err := unpack(pack(t, h, jsonl)); err != nil || again != jsonl {
			t.Fatalf("taken, but not packable again: %v", err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	text := []byte(typical())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		e, _ := NewEncoder(io.Discard, header())
		e.Write(text)
		e.Close()
	}
}

func BenchmarkDecode(b *testing.B) {
	text := pack(b, header(), typical())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		p, _ := Open(bytes.NewReader(text), int64(len(text)))
		if _, err := io.Copy(io.Discard, p.Body()); err != nil {
			b.Fatal(err)
		}
	}
}

func typical() string {
	row := `{"parentUuid":"a","isSidechain":false,"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"I will look at the file main.go first.\nThen “run” the tests; the path is C:\\Users\\you."}]}}`
	return strings.Repeat(row+"\n", 4000)
}

func ExampleEncoder() {
	var file bytes.Buffer
	h := Header{SessionID: "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab", ProjectKey: "name:notes",
		OriginalCwd: "/home/you/notes", MachineName: "desktop", ExportedAt: 1715380000000, LineCount: 1}
	e, err := NewEncoder(&file, h)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprintln(e, `{"type":"user"}`)
	if _, err := e.Close(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(regexp.MustCompile("jsonl\": +").ReplaceAllString(file.String(), "jsonl\": …")) // stands for the spaces
	p, err := Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	transcript, err := io.ReadAll(p.Body())
	fmt.Printf("%s, %q, %v\n", p.Header.MachineName, transcript, err)
	// Output:
	// {
	//   "_schemaVersion": 1,
	//   "sessionId": "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab",
	//   "projectKey": "name:notes",
	//   "originalCwd": "/home/you/notes",
	//   "machineName": "desktop",
	//   "exportedAt": 1715380000000,
	//   "lineCount":            1,
	//   "jsonl": …"{\"type\":\"user\"}\n"
	// }
	// desktop, "{\"type\":\"user\"}\n", <nil>
}
