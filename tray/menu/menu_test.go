package menu

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata")

// draw writes a menu as text: icon, tooltip, then one row an entry. "-" marks a disabled entry, ">" a Command.
func draw(m Menu) string {
	var b strings.Builder
	fmt.Fprintf(&b, "icon %s\ntip  %s\n", m.Icon, m.Tooltip)
	drawItems(&b, m.Items, "")
	return b.String()
}

func drawItems(b *strings.Builder, items []Item, indent string) {
	for _, i := range items {
		if i.Separator {
			b.WriteString("---\n")
			continue
		}
		row := "     "
		if i.Disabled {
			row = "-    "
		}
		row += indent
		if i.Checkbox {
			row += map[bool]string{true: "[x] ", false: "[ ] "}[i.Checked]
		}
		row += i.Label
		if i.Do != (command.Command{}) {
			row = fmt.Sprintf("%-62s > %s", row, shown(i.Do))
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
		drawItems(b, i.Children, indent+"  ")
	}
}

func shown(c command.Command) string {
	all := string(c.Verb)
	for _, part := range []string{string(c.Project), c.Session.Short(), c.Machine, c.Path} {
		if part != "" {
			all += " " + words.Short(strings.Trim(fmt.Sprintf("%q", part), `"`), 60)
		}
	}
	return all
}

// pictures returns the files in testdata, each read as a View.
func pictures(t *testing.T) map[string]View {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	if len(names) < 20 {
		t.Fatalf("got %d pictures, want all of them", len(names))
	}
	all := map[string]View{}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		must(t, err)
		all[name] = readScene(t, string(a.Files[0].Data))
	}
	return all
}

// Every state that a person can see, to be reviewed as text. The pictures are rewritten by
// go test -update.
func TestEveryStateLooksAsItsPicture(t *testing.T) {
	for name, v := range pictures(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			must(t, err)
			got := draw(Build(v))
			if *update {
				a.Files = []txtar.File{a.Files[0], {Name: "picture", Data: []byte(got)}}
				must(t, os.WriteFile(name, txtar.Format(a), 0o600))
				return
			}
			if len(a.Files) < 2 || got != string(a.Files[1].Data) {
				t.Errorf("got\n%s\nwant the picture in %s (rewritten by go test -update)", got, name)
			}
		})
	}
}

// visit sees every item with its depth, beginning at 1.
func visit(items []Item, depth int, see func(Item, int)) {
	for _, i := range items {
		see(i, depth)
		visit(i.Children, depth+1, see)
	}
}

// checkLaws holds for every menu, whatever the view.
func checkLaws(t *testing.T, v View) {
	t.Helper()
	m := Build(v)
	if again := Build(v); !reflect.DeepEqual(m, again) {
		t.Error("the same view gave two menus")
	}
	if len(m.Items) > MaxItems {
		t.Errorf("got %d items, want %d at most", len(m.Items), MaxItems)
	}
	checkText(t, m.Tooltip, tooltipWidth)
	if units := len(utf16.Encode([]rune(m.Tooltip))); units > 127 {
		t.Errorf("tooltip %q: got %d UTF-16 units, want 127 at most", m.Tooltip, units)
	}
	visit(m.Items, 1, func(i Item, depth int) { checkItem(t, i, depth) })
	for n, i := range m.Items {
		if i.Separator && (n == 0 || n == len(m.Items)-1 || m.Items[n-1].Separator) {
			t.Errorf("item %d is a separator between nothing", n)
		}
	}
	if last := m.Items[len(m.Items)-1]; last.Do.Verb != command.Quit {
		t.Errorf("the last item is %q, want Quit", last.Label)
	}
}

func checkItem(t *testing.T, i Item, depth int) {
	t.Helper()
	if depth > 2 {
		t.Errorf("%q: got level %d, want 2 at most", i.Label, depth)
	}
	if i.Separator {
		if !reflect.DeepEqual(i, Item{Separator: true}) || depth > 1 {
			t.Errorf("got %+v at level %d, want nothing but a separator, at the top", i, depth)
		}
		return
	}
	checkText(t, i.Label, labelWidth)
	if len(i.Children) > MaxChildren {
		t.Errorf("%q: got %d children, want %d at most", i.Label, len(i.Children), MaxChildren)
	}
	clicks := i.Do != command.Command{}
	if len(i.Children) > 0 && (clicks || i.Disabled || i.Checkbox) {
		t.Errorf("%q has children and can be clicked, is greyed or checked", i.Label)
	}
	if len(i.Children) == 0 && !clicks && !i.Disabled {
		t.Errorf("%q does nothing and looks as if it did", i.Label)
	}
}

func checkText(t *testing.T, s string, width int) {
	t.Helper()
	n := utf8.RuneCountInString(s)
	if n == 0 || n > width {
		t.Errorf("%q: got %d characters, want 1 to %d", s, n, width)
	}
	if !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		t.Errorf("got %q, want valid UTF-8 without space at its ends", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			t.Errorf("got %q, want no %U in it", s, r)
		}
	}
}

func TestEveryPictureKeepsTheLaws(t *testing.T) {
	for name, v := range pictures(t) {
		t.Run(filepath.Base(name), func(t *testing.T) { checkLaws(t, v) })
	}
}

// Names and titles come from other machines: whatever they are, the laws hold. Nothing of the view may
// be missing either way: with and without folder, set up or not, at work or not.
func FuzzMenuKeepsTheLaws(f *testing.F) {
	f.Add("Fix login bug", "myapp", "laptop", "it is broken", uint8(1), uint8(0))
	f.Add("", "", "", "", uint8(40), uint8(255))
	f.Add("\xff\xfe\n\u202eevil\u2066", strings.Repeat("x", 400), "\u200b", "a\tb\x00", uint8(20), uint8(7))
	f.Add(strings.Repeat("👩‍👩‍👧", 50), "R&D <b>", "_", strings.Repeat("\u0301", 99), uint8(3), uint8(9))
	f.Fuzz(func(t *testing.T, title, label, machine, reason string, n, how uint8) {
		n %= 20 // past every bound
		var b strings.Builder
		if how&1 == 0 {
			fmt.Fprintf(&b, "setup %q %q\n", label, reason)
		}
		fmt.Fprintf(&b, "version %q\ncandidate %q %q\nlook 2m\n", title, machine, reason)
		if how&2 != 0 {
			fmt.Fprintf(&b, "unavailable %q\n", reason)
		}
		if how&4 != 0 {
			fmt.Fprintf(&b, "busy pull %d/%d bytes=5\n", n/2, n)
		}
		fmt.Fprintf(&b, "failed %q %q %q\nheld %q %q\n", label, title, reason, label, title)
		for i := range int(n) {
			fmt.Fprintf(&b, "project %q 1h\ncwd %q\ncwd %q stale\n", label, reason, reason)
			for j, r := range []string{"same", "behind", "diverged", "remote-only", "local-only", "ahead", "archived"} {
				fmt.Fprintf(&b, "session %d %s %q %q %ds\n", i, r, strings.ReplaceAll(machine, ",", ""), title, int(how)*j)
				fmt.Fprintf(&b, "session %d %s %q %q 1h held own\n", i, r, machine+",b,c", title)
			}
			fmt.Fprintf(&b, "waiting %q %d %q\nstray %q %q\n", label, n, machine, title, reason)
		}
		checkLaws(t, readScene(t, b.String()))
	})
}

// A menu that is open all day must not change while nothing happens but time.
func TestTooltipDoesNotChangeWithTime(t *testing.T) {
	for name, v := range pictures(t) {
		was := Build(v)
		v.Now = v.Now.AddDate(0, 0, 3)
		if got := Build(v).Tooltip; got != was.Tooltip {
			t.Errorf("%s: got %q, want %q", name, got, was.Tooltip)
		}
	}
}

func BenchmarkBuild500Projects(b *testing.B) {
	v := readScene(&testing.T{}, "setup\nlook 2m\nprojects 500")
	for b.Loop() {
		Build(v)
	}
}
