package rows

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestMembersStopAtTheDamageAndKeepWhatCameBefore(t *testing.T) {
	for _, c := range []struct{ name, object, want string }{
		{"plain", `{"a":"x","b":1,"c":null}`, `a="x" b=1 c=null`},
		{"white space", " { \"a\" :\t1 ,\r\n\"b\" : [ 2 ] } ", `a=1 b=[ 2 ]`},
		{"nested braces in strings", `{"a":{"x":"}\"]"},"b":2}`, `a={"x":"}\"]"} b=2`},
		{"escaped name", `{"\u0061":1}`, `a=1`},
		{"doubled", `{"a":1,"a":2}`, `a=1 a=2`},
		{"empty", `{}`, ``},
		{"byte order mark", "\ufeff{\"a\":1}", `a=1`},
		{"zeros before", "\x00\x00{\"a\":1}", `a=1`},
		{"cut in a string", `{"a":1,"b":"x`, `a=1`},
		{"cut after a backslash", `{"a":1,"b":"x\`, `a=1`},
		{"cut in a nested value", `{"a":1,"b":{"c":[1,2]`, `a=1`},
		{"cut in a nested string", `{"a":1,"b":{"c":"`, `a=1`},
		{"cut in a literal", `{"a":1,"b":12`, `a=1`},
		{"cut in a name", `{"a":1,"b`, `a=1`},
		{"cut after a name", `{"a":1,"b"`, `a=1`},
		{"cut after a colon", `{"a":1,"b":`, `a=1`},
		{"cut after a comma", `{"a":1,`, `a=1`},
		{"name without quotes", `{"a":1,b:2}`, `a=1`},
		{"missing value", `{"a":1,"b":,"c":2}`, `a=1`},
		{"array", `["a",1]`, ``},
		{"text", `hello`, ``},
		{"nothing", ``, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for key, value := range Members([]byte(c.object)) {
				got = append(got, key+"="+string(value))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestElementsAreThoseOfTheArray(t *testing.T) {
	for array, want := range map[string][]string{
		`[1, "a,b", [2,3], {"c":[4]}]`: {`1`, `"a,b"`, `[2,3]`, `{"c":[4]}`},
		`[1, 2`:                        {`1`},
		`[]`:                           nil,
		`{"a":1}`:                      nil,
	} {
		var got []string
		for e := range Elements([]byte(array)) {
			got = append(got, string(e))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", array, got, want)
		}
	}
	for range Elements([]byte(`[1,2]`)) {
		break // must not go on after the reader has left
	}
}

func TestUnquoteGivesTextForStringsOnly(t *testing.T) {
	for value, want := range map[string]string{
		`"a\n\u00e9"`: "a\n\u00e9", `"\ud800"`: "\ufffd", "\"\xff\"": "\ufffd", `"\q"`: "", `12`: "", `{}`: "",
	} {
		if got := Unquote([]byte(value)); got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}

// All short texts of the bytes that matter.
func TestStringsEndAtTheFirstQuoteThatIsNotEscaped(t *testing.T) {
	var walk func(text string)
	walk = func(text string) {
		want := -1
		for i, escaped := 1, false; i < len(text) && want < 0; i++ {
			if text[i] == '"' && !escaped {
				want = i + 1
			}
			escaped = text[i] == '\\' && !escaped
		}
		if got := stringEnd([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
		if len(text) < 9 {
			for _, c := range []string{"a", `"`, `\`} {
				walk(text + c)
			}
		}
	}
	walk(`"`)
}

func TestPlainTextsAreThoseOfJSON(t *testing.T) {
	for c := range 256 {
		for _, format := range []string{"\"%c\"", "\"a%c\"", "\"%cn\"", "%c"} {
			value := []byte(strings.Replace(format, "%c", string([]byte{byte(c)}), 1))
			var want string
			if json.Unmarshal(value, &want) != nil {
				want = ""
			}
			if got := Unquote(value); got != want {
				t.Errorf("%q: got %q, want %q", value, got, want)
			}
		}
	}
}
