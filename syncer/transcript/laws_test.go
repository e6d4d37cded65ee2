package transcript

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// rowSet is every row's bytes.
func rowSet(text string) map[string]bool {
	set := map[string]bool{}
	for row := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		set[row] = true
	}
	return set
}

// build makes a transcript out of fuzz bytes: a common beginning, then rows of a small alphabet, so that
// equal rows, repeated rows, rewritten rows, rows that are no turns and torn ends all happen.
func build(spec []byte) string {
	var b strings.Builder
	for i, c := range spec {
		switch {
		case c < 120:
			b.WriteString(turn(fmt.Sprint(c % 12)))
		case c < 200:
			b.WriteString(glance(fmt.Sprint(c % 6)))
		case c < 205:
			b.WriteString("\n")
		case c < 210:
			fmt.Fprintf(&b, `{"uuid":"%d","cut":"of`+"\n", c%12)
		case c < 220 && i == len(spec)-1:
			fmt.Fprintf(&b, `{"uuid":"%d","torn`, c%12)
		case c < 230:
			b.WriteString(rewritten(fmt.Sprint(c%12), "other"))
		case c < 240:
			b.WriteString(aside(fmt.Sprint(c % 4)))
		}
	}
	return b.String()
}

// rowNames is the names of a text's rows, each with the rows that have it: a row's uuid, if it has one and is whole,
// else its bytes.
func rowNames(text string) map[string]map[string]bool {
	names := map[string]map[string]bool{}
	for row := range rowSet(text) {
		var r struct{ UUID string }
		name := row
		if json.Unmarshal([]byte(row), &r) == nil && r.UUID != "" {
			name = r.UUID
		}
		if names[name] == nil {
			names[name] = map[string]bool{}
		}
		names[name][row] = true
	}
	return names
}

// isUUID reports whether a row's name is a uuid, and not the row's bytes.
func isUUID(name string) bool { return name != "" && len(name) <= 2 }

// turnsOnlyIn counts the turns of a that b lacks.
func turnsOnlyIn(a, b string) int {
	has, n := rowNames(b), 0
	for name := range rowNames(a) {
		if has[name] == nil && isUUID(name) && !strings.HasPrefix(name, "s") {
			n++
		}
	}
	return n
}

// FuzzMerge holds the one law: no row vanishes, whoever wins; and the laws that make machines converge.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{4, 130}, []byte{5, 131})
	f.Add([]byte{}, []byte{1}, []byte{2})
	f.Add([]byte{1, 130}, []byte{130, 2, 215}, []byte{2, 130})
	f.Add([]byte{1}, []byte{221, 1}, []byte{1, 222})
	f.Add([]byte{1, 2}, []byte{3, 4, 5, 226, 7}, []byte{222, 4, 5, 6, 7, 8})
	f.Add([]byte{1}, []byte{231, 2}, []byte{232, 130})
	f.Add([]byte{1}, []byte{208, 130}, []byte{4, 222})
	f.Fuzz(func(t *testing.T, prefix, a, b []byte) {
		ours, theirs := build(prefix)+build(a), build(prefix)+build(b)
		c := relate(t, ours, theirs)
		named := slices.ContainsFunc(slices.Collect(maps.Keys(rowNames(ours+"\n"+theirs))), isUUID)
		if parted := turnsOnlyIn(ours, theirs) > 0 && turnsOnlyIn(theirs, ours) > 0; named && parted != (c.Relation == Diverged) {
			t.Fatalf("%v\nours %q\ntheirs %q", c.Relation, ours, theirs)
		}
		for _, winner := range []Winner{OursWins, TheirsWins} {
			holdUnion(t, ours, theirs, merged(t, ours, theirs, winner), c.ByBytes)
		}
		if c.Relation == Diverged {
			return
		}
		here, there := merged(t, ours, theirs, c.Winner()), merged(t, theirs, ours, relate(t, theirs, ours).Winner())
		if !sameNames(here, there) || !c.Rewritten && here != there {
			t.Fatalf("two machines merge differently:\n%q\n%q", here, there)
		}
	})
}

// holdUnion holds the laws of a merge, on the machine of the first side.
func holdUnion(t *testing.T, ours, theirs, union string, byBytes bool) {
	t.Helper()
	got, names, mine := rowSet(union), rowNames(union), rowNames(ours)
	for row := range rowSet(ours) {
		if !got[row] && !beginning(row, ours, got) {
			t.Fatalf("lost our %q\nours %q\ntheirs %q\nmerged %q", row, ours, theirs, union)
		}
	}
	for name, forms := range rowNames(theirs) {
		if mine[name] != nil {
			forms = mine[name]
		}
		whole := slices.Collect(maps.Keys(forms))[0]
		if names[name] == nil && !beginning(whole, theirs, got) || names[name] != nil && !byBytes && !maps.Equal(names[name], forms) {
			t.Fatalf("%q is %v, want %v\nours %q\ntheirs %q\nmerged %q", name, names[name], forms, ours, theirs, union)
		}
	}
	for name, side := range map[string]string{"ours": ours, "theirs": theirs} {
		// A repeated row may be written once: then the sets are equal, and bytes alone say Behind.
		if r := relate(t, union, side).Relation; r != Same && r != Ahead && !sameNames(union, side) {
			t.Fatalf("the merge is %v of %s\nours %q\ntheirs %q\nmerged %q", r, name, ours, theirs, union)
		}
	}
}

func sameNames(a, b string) bool {
	return maps.EqualFunc(rowNames(a), rowNames(b), func(_, _ map[string]bool) bool { return true })
}

// beginning excuses a torn last row: it may be completed, never dropped.
func beginning(row, side string, got map[string]bool) bool {
	if strings.HasSuffix(side, "\n") || !strings.HasSuffix(side, row) {
		return false
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(got)), func(r string) bool { return strings.HasPrefix(r, row) })
}

// A row that was rewritten alone is news for nobody, so that two machines do not play it back and forth.
func FuzzRewritten(f *testing.F) {
	f.Add([]byte{1, 130, 2, 231})
	f.Fuzz(func(t *testing.T, spec []byte) {
		text := build(spec)
		other := strings.ReplaceAll(text, `"uuid"`, `"x":1,"uuid"`)
		c, back := relate(t, text, other), relate(t, other, text)
		if strings.Contains(text, "torn") || strings.Contains(text, "cut") { // such rows have no name
			return
		}
		if c.Relation != Same || back.Relation != Same || c.Rewritten != (text != other) || back.Rewritten != c.Rewritten {
			t.Fatalf("%q: %v, %v", text, c, back)
		}
		for _, winner := range []Winner{OursWins, TheirsWins} {
			got := merged(t, text, other, winner)
			repeated := len(rowNames(text)) < strings.Count(text, "\n") // then they may stand side by side
			if !repeated && got != text || !maps.Equal(rowSet(got), rowSet(text)) {
				t.Fatalf("winner %v: got %q, want %q", winner, got, text)
			}
		}
	})
}
