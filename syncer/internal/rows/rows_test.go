package rows

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func scan(t testing.TB, r io.Reader, names ...string) []Row {
	t.Helper()
	var all []Row
	s := NewScanner(r, names...)
	for s.Next() {
		all = append(all, s.Row())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTopLevelMemberIsRead(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for name, c := range map[string]struct {
		row, want string
		whole     bool
	}{
		"first":               {`{"uuid":"a"}`, "a", true},
		"behind others":       {`{"n":1,"o":{"uuid":"no"},"l":["uuid","no"],"uuid":"a"}`, "a", true},
		"before a long one":   {`{"uuid":"a","text":"` + long + `"}`, "a", true},
		"behind a long one":   {`{"text":"` + long + `","uuid":"a"}`, "a", true},
		"white space":         {`  { "uuid" : "a" } `, "a", true},
		"only nested":         {`{"message":{"uuid":"no"}}`, "", true},
		"as a value":          {`{"k":"uuid","x":"no"}`, "", true},
		"name in a text":      {`{"k":"\"uuid\":\"no\""}`, "", true},
		"not a string":        {`{"uuid":7,"x":"no"}`, "", true},
		"null":                {`{"uuid":null}`, "", true},
		"an object":           {`{"uuid":{"x":"no"},"y":"no"}`, "", true},
		"doubled: last":       {`{"uuid":"a","uuid":"b"}`, "b", true},
		"escapes stay raw":    {`{"uuid":"a\"b"}`, `a\"b`, true},
		"too long is none":    {`{"uuid":"` + strings.Repeat("a", maxValue+1) + `"}`, "", true},
		"just short enough":   {`{"uuid":"` + strings.Repeat("a", maxValue) + `"}`, strings.Repeat("a", maxValue), true},
		"long name":           {`{"` + strings.Repeat("uuid", 100) + `":"no"}`, "", true},
		"torn":                {`{"uuid":"a","text":"abc`, "", false},
		"torn, in an object":  {`{"uuid":"a","o":{"text":"abc"}`, "", false},
		"torn in the value":   {`{"uuid":"a`, "", false},
		"torn between":        {`{"uuid":"a",`, "", false},
		"array":               {`["uuid","no"]`, "", false},
		"garbage":             {`garbage "uuid":"no"`, "", false},
		"NUL bytes":           {"\x00\x00", "", false},
		"closing brackets":    {`}}}{"uuid":"no"}`, "", false},
		"a string with \\n":   {`{"uuid":"a\n"}`, `a\n`, true},
		"invalid UTF-8":       {"{\"x\":\"\xff\xfe\",\"uuid\":\"a\"}", "a", true},
		"quote before escape": {`{"x":"\\","uuid":"a"}`, "a", true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.row), iotest.OneByteReader(strings.NewReader(c.row))} {
				got := scan(t, r, "uuid")
				if len(got) != 1 || got[0].Value != c.want || got[0].Whole != c.whole {
					t.Errorf("got %.300v, want value %.80q, whole %v", got, c.want, c.whole)
				}
			}
			if got := scan(t, strings.NewReader(c.row+"\n"), "uuid"); !got[0].Whole {
				t.Error("a row with its newline is not whole")
			}
		})
	}
}

func TestSeveralMembersAreRead(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	names := []string{"uuid", "type", "isMeta", "message.content"}
	for name, c := range map[string]struct {
		row  string
		want [4]string
	}{
		"all":                     {`{"type":"user","isMeta":true,"message":{"role":"user","content":"hi"},"uuid":"a"}`, [4]string{"a", "user", "true", "hi"}},
		"in another order":        {`{"uuid":"a","message":{"content":"hi","role":"user"},"isMeta":false,"type":"user"}`, [4]string{"a", "user", "false", "hi"}},
		"white space":             {`{ "uuid" : "a" , "isMeta" : true , "message" : { "content" : "hi" } }`, [4]string{"a", "", "true", "hi"}},
		"a literal at the end":    {`{"uuid":"a","isMeta":true}`, [4]string{"a", "", "true", ""}},
		"null":                    {`{"uuid":"a","isMeta":null,"message":null}`, [4]string{"a", "", "null", ""}},
		"only the beginning":      {`{"uuid":"a","message":{"content":"` + long + `"},"type":"user"}`, [4]string{"a", "user", "", long[:maxValue]}},
		"a list":                  {`{"uuid":"a","message":{"content":[{"content":"no"},"content","no"]}}`, [4]string{"a", "", "", ""}},
		"deeper":                  {`{"uuid":"a","message":{"m":{"content":"no"},"content":"hi"}}`, [4]string{"a", "", "", "hi"}},
		"in another object":       {`{"uuid":"a","other":{"content":"no"}}`, [4]string{"a", "", "", ""}},
		"in an object of a list":  {`{"uuid":"a","message":[{"content":"no"}]}`, [4]string{"a", "", "", ""}},
		"at the top":              {`{"uuid":"a","content":"no","message.content":"no"}`, [4]string{"a", "", "", ""}},
		"behind a nested object":  {`{"message":{"content":"hi"},"other":{"content":"no","type":"no"},"uuid":"a"}`, [4]string{"a", "", "", "hi"}},
		"a name as a value":       {`{"uuid":"a","type":"message","x":{"content":"no"}}`, [4]string{"a", "message", "", ""}},
		"text behind a literal":   {`{"uuid":"a","isMeta":true"no"}`, [4]string{"a", "", "", ""}},
		"torn":                    {`{"uuid":"a","type":"user","message":{"content":"hi"}`, [4]string{}},
		"a uuid that is too long": {`{"uuid":"` + long + `","type":"user"}`, [4]string{"", "user", "", ""}},
		"a literal uuid":          {`{"uuid":7,"type":"user"}`, [4]string{"", "user", "", ""}},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.row), iotest.OneByteReader(strings.NewReader(c.row))} {
			s := NewScanner(r, names...)
			if !s.Next() {
				t.Fatal(s.Err())
			}
			got := [4]string{s.Row().Value, s.Text(1), s.Text(2), s.Text(3)}
			if got != c.want {
				t.Errorf("%s: got %.80q, want %.80q", name, got, c.want)
			}
		}
	}
}

func TestRowsCoverEveryByteOnce(t *testing.T) {
	text := "{\"uuid\":\"a\"}\n\n\r\n" + strings.Repeat("z", 150_000) + "\n{\"uuid\":\"b\"}"
	var at int64
	for _, row := range scan(t, strings.NewReader(text), "uuid") {
		if row.Offset != at {
			t.Fatalf("row at %d, want %d", row.Offset, at)
		}
		content := strings.TrimSuffix(text[at:at+row.Size], "\n")
		if row.Sum != sha256.Sum256([]byte(content)) {
			t.Errorf("row at %d: wrong sum", at)
		}
		at += row.Size
	}
	if at != int64(len(text)) {
		t.Errorf("rows cover %d bytes of %d", at, len(text))
	}
}

func TestScannerTellsReadErrors(t *testing.T) {
	s := NewScanner(io.MultiReader(strings.NewReader("{}\n{"), iotest.ErrReader(io.ErrClosedPipe)), "uuid")
	n := 0
	for s.Next() {
		n++
	}
	if n != 1 || s.Err() != io.ErrClosedPipe {
		t.Errorf("got %d rows and %v, want 1 and %v", n, s.Err(), io.ErrClosedPipe)
	}
}

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// io.CopyN drops the error of a complete write.
func TestRewriterSaysThatNothingCouldBeWritten(t *testing.T) {
	const text = "{\"sessionId\":\"AAAA\"}\n"
	w := NewRewriter(full{}, "AAAA", "CCCC", "sessionId")
	if _, err := io.CopyN(w, strings.NewReader(text), int64(len(text))); err == nil {
		t.Error("no error")
	}
}

func TestRewriterReplacesOnlyTheValue(t *testing.T) {
	in := `"AAAA"` + "\n" + `{"sessionId":AAAA,"sessionId":"AAAAA"}` + "\n" + `{"sessionId":"AAAA","text":"AAAA","session_id":"AAAA"}` + "\n" +
		`{"sessionId":"BBBB","o":{"sessionId":"AAAA"}}` + "\n" +
		`{"text":"\"sessionId\":\"AAAA\"","sessionId":"AAAA"` + "\n" + `{"sessionId":"AAAA"}` + "\n" + `{"sessionId":"AA`
	want := `"AAAA"` + "\n" + `{"sessionId":AAAA,"sessionId":"AAAAA"}` + "\n" + `{"sessionId":"CCCC","text":"AAAA","session_id":"CCCC"}` + "\n" +
		`{"sessionId":"BBBB","o":{"sessionId":"AAAA"}}` + "\n" +
		`{"text":"\"sessionId\":\"AAAA\"","sessionId":"CCCC"` + "\n" + `{"sessionId":"CCCC"}` + "\n" + `{"sessionId":"AA`
	for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.HalfReader(strings.NewReader(in))} {
		var got bytes.Buffer
		w := NewRewriter(&got, "AAAA", "CCCC", "sessionId", "session_id")
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got.String() != want {
			t.Errorf("got\n%s\nwant\n%s", got.String(), want)
		}
	}
}

// The scanner finds the same uuid as encoding/json in every object that has a plain one.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`{"uuid":"a"}`))
	f.Add([]byte("{\"x\":[{\"uuid\":\"n\"}],\"uuid\":\"b\"}\n{\n"))
	f.Add([]byte(`{"uuid":"a","text":"\\\"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		all := scan(t, bytes.NewReader(b), "uuid")
		var at int64
		for _, row := range all {
			content := bytes.TrimSuffix(b[at:at+row.Size], []byte("\n"))
			at += row.Size
			var object map[string]json.RawMessage
			if json.Unmarshal(content, &object) != nil || len(object) == 0 {
				continue
			}
			raw := string(object["uuid"])
			plain := len(raw) > 2 && raw[0] == '"' && len(raw) <= maxValue+2 && !bytes.ContainsAny(content, `\`)
			if plain && bytes.Count(content, []byte(`"uuid"`)) == 1 && row.Value != raw[1:len(raw)-1] {
				t.Fatalf("%q: got %q, want %s", content, row.Value, raw)
			}
		}
		if at != int64(len(b)) {
			t.Fatalf("rows cover %d bytes of %d", at, len(b))
		}
	})
}

func BenchmarkScanner(b *testing.B) {
	text := strings.Repeat(`{"parentUuid":"a","type":"assistant","message":{"content":[{"type":"text","text":"I will look at the file main.go first.\nThen"}]},"uuid":"0b7c6a7e-5d7f-4a55-8f5b-0f6f5f7f4a11"}`+"\n", 5000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s := NewScanner(strings.NewReader(text), "uuid")
		for s.Next() {
		}
	}
}
