package house

import (
	"strings"
	"testing"
)

func TestLinesAreCodeOrCommentOrBlank(t *testing.T) {
	text := strings.Join([]string{
		"// Package p is", "// two lines.", "package p", "",
		"/* three", "", "*/", "func f() string { // not a third", "\treturn `a", "", "b` // end", "}", "",
	}, "\n")
	if got, want := linesOf([]byte(text)), (lines{code: 5, comment: 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTheStyleTableCountsWhatIsThere(t *testing.T) {
	var all tree
	for name, text := range map[string]string{
		"main.go":                "// Main is it.\npackage main\nimport _ \"fyne.io/systray\"\nvar version string\nfunc main() {\n}\n",
		"syncer/a.go":            "// Package syncer is.\npackage syncer\n// Alpha is one.\nconst Alpha = 1\nfunc B() {}\nfunc c() {\n}\nfunc init() {}\n",
		"tray/a.go":              "package tray\nvar errX, x = 1, 2\n",
		"tray/menu/a.go":         "// Package menu is.\npackage menu\n",
		"tray/menu/a_test.go":    "package menu\nfunc FuzzA(f *testing.F) {}\nfunc f() {\n}\n",
		"syncer/cli/cli_test.go": "package cli\nimport \"time\"\nfunc f() { time.Sleep(1) }\n",
	} {
		if err := all.parse(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	c := count{root: t.TempDir(), all: all}
	want := map[string]string{
		"main.go":                                         "6",
		"largest file":                                    "8, syncer/a.go",
		"function length p50/p90/p99":                     "1/2/2 of 4",
		"packages with a package comment":                 "75 % (3 of 4)",
		"exported names documented":                       "50 % (1 of 2)",
		"comment share of lines":                          "22 % (4 of 18)",
		"exported names a package":                        "syncer 2, tray 0",
		"test lines : code lines":                         "0.5 (7 : 14)",
		"the same, tray/menu and syncer/ccsync":           "4.0 (4 : 1)",
		"scenarios / fuzz targets":                        "0 / 1",
		"time.Sleep in tests":                             "1",
		"package-level mutable variables":                 "2",
		"init() functions":                                "1",
		"direct requirements (program + tests and build)": "0 + 0",
		"files importing systray / beeep / xdg":           "1 / 0 / 0",
	}
	got := append(c.shape(), c.order()...)
	for _, m := range got {
		if m.got != want[m.what] {
			t.Errorf("%s: got %q, want %q", m.what, m.got, want[m.what])
		}
	}
	if len(got) != len(want) {
		t.Errorf("the table has %d lines, want %d", len(got), len(want))
	}
}
