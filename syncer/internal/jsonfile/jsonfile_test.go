package jsonfile

import (
	"errors"
	"strings"
	"testing"
)

type config struct {
	Name  string
	Size  int64
	Local bool
	Roots []string
	Inner struct{ Deep map[string]string }
}

func TestDecodeNamesLineAndReason(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"one value", "{\"Name\":\"a\"}\n", ""},
		{"Notepad", "\xef\xbb\xbf{\"Name\":\"a\"}\r\n", ""},
		{"unknown members", `{"colour":"red"}`, ""},
		{"empty", "", "line 1: the file ends in the middle"},
		{"cut off", "{\n\"Name\":", "line 2: the file ends in the middle"},
		{"syntax", "{\n\nName: 1}", "line 3: unexpected 'N'"},
		{"syntax behind a mark", "\xef\xbb\xbf{\n\nName: 1}", "line 3: unexpected 'N'"},
		{"two values", "{}\n{}", "line 2: there is something behind the end"},
		{"a stray bracket", "{}\n\n}", "line 3: there is something behind the end"},
		{"a number for a text", "{\n\"Name\":1}", `line 2: number where a text belongs ("Name")`},
		{"a text for a number", `{"Size":"1"}`, `line 1: string where a number belongs ("Size")`},
		{"a fraction for a number", `{"Size":1.5}`, `line 1: number 1.5 where a number belongs ("Size")`},
		{"a text for a list", `{"Roots":"/a"}`, `line 1: string where a list belongs ("Roots")`},
		{"a number for a truth", `{"Local":1}`, `line 1: number where true or false belongs ("Local")`},
		{"a list for an object", "[]", "line 1: array where an object belongs"},
		{"deep inside", "{\"Inner\":{\n\"Deep\":{\n\"a\":1}}}", `line 3: number where a text belongs ("Inner.Deep")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into config
			err := Decode([]byte(c.file), &into)
			if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if e := (*Error)(nil); err != nil && !errors.As(err, &e) {
				t.Errorf("got a %T", err)
			}
		})
	}
}

func TestAtStaysInTheFile(t *testing.T) {
	file := []byte("a\nb\n")
	for offset, want := range map[int64]int{-1: 1, 0: 1, 1: 1, 2: 2, 4: 3, 5: 3} {
		var e *Error
		if err := At(file, offset, errors.New("x")); !errors.As(err, &e) || e.Line != want {
			t.Errorf("offset %d: got %v, want line %d", offset, err, want)
		}
	}
}

func TestALineOfAPartIsALineOfTheFile(t *testing.T) {
	file := []byte("[\n{},\n{\n\"Name\":1}]")
	var into config
	err := At(file, 5, Decode(file[5:len(file)-1], &into))
	if want := `line 4: number where a text belongs ("Name")`; err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzDecodeNamesALineOfTheFile(f *testing.F) {
	f.Add("{\n\"Name\":1}\n")
	f.Add("\xef\xbb\xbf{}\n}")
	f.Fuzz(func(t *testing.T, file string) {
		var into config
		var e *Error
		if err := Decode([]byte(file), &into); errors.As(err, &e) && (e.Line < 1 || e.Line > 1+strings.Count(file, "\n")) {
			t.Errorf("%q: the error is in line %d", file, e.Line)
		}
	})
}
