package transcript

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

func local(text string) Local { return Local{strings.NewReader(text), int64(len(text))} }

func relate(t testing.TB, ours, theirs string) Comparison {
	t.Helper()
	c, err := Relate(local(ours), local(theirs))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func merged(t testing.TB, ours, theirs string, winner Winner) string {
	t.Helper()
	var b bytes.Buffer
	if err := Merge(&b, local(ours), local(theirs), relate(t, ours, theirs), winner); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// turn is a conversation row, glance a metadata row.
func turn(id string) string   { return fmt.Sprintf(`{"type":"user","uuid":%q}`, id) + "\n" }
func glance(id string) string { return fmt.Sprintf(`{"type":"mode","n":%q}`, id) + "\n" }

// aside is a row that Claude Code writes when a command says nothing to the model.
func aside(id string) string { return fmt.Sprintf(`{"type":"system","uuid":"s%s"}`, id) + "\n" }

// rewritten is a turn that somebody rewrote under its uuid.
func rewritten(id, text string) string {
	return fmt.Sprintf(`{"type":"user","uuid":%q,"text":%q}`, id, text) + "\n"
}

func TestRelation(t *testing.T) {
	base := turn("1") + glance("a") + turn("2")
	long := turn(strings.Repeat("x", 200)) + `{"text":"` + strings.Repeat("y", 300_000) + `","uuid":"long"}` + "\n"
	for name, c := range map[string]struct {
		ours, theirs string
		want         Relation
	}{
		"equal":                         {base, base, Same},
		"both empty":                    {"", "", Same},
		"we have nothing":               {"", base, Behind},
		"they have nothing":             {base, "", Ahead},
		"we are a beginning":            {base, base + turn("3"), Behind},
		"they are a beginning":          {base + turn("3"), base, Ahead},
		"our last row is torn":          {base + `{"type":"us`, base + turn("3"), Behind},
		"each has a turn":               {base + turn("3"), base + turn("4"), Diverged},
		"each has a turn, long rows":    {long + turn("3"), long + turn("4"), Diverged},
		"differ inside a long row":      {long + strings.Replace(long, "x", "z", 1), long + turn("4"), Diverged},
		"first row was deleted":         {base, base[strings.Index(base, "\n")+1:], Ahead},
		"both looked":                   {base + glance("b"), base + glance("c"), Behind},
		"we looked, they went on":       {base + glance("b"), base + turn("3"), Behind},
		"they looked, we went on":       {base + turn("3"), base + glance("b"), Ahead},
		"we looked later":               {base + glance("b") + glance("c"), base + glance("c"), Ahead},
		"same rows in another order":    {base + glance("b") + glance("c"), base + glance("c") + glance("b"), Same},
		"merged: they have all of ours": {base + turn("3"), base + turn("4") + turn("3"), Behind},
		"one row rewritten":             {base + turn("3"), base + rewritten("3", "x"), Same},
		"rewritten, they went on":       {base + rewritten("3", "x"), base + turn("3") + turn("4"), Behind},
		"rewritten, we went on":         {base + rewritten("3", "x") + turn("4"), base + turn("3"), Ahead},
		"rewritten, both went on":       {base + rewritten("3", "x") + turn("4"), base + turn("3") + turn("5"), Diverged},
		"rewritten, they looked":        {base + rewritten("3", "x"), base + turn("3") + glance("b"), Behind},
		"every row rewritten":           {rewritten("1", "x") + rewritten("2", "x"), rewritten("1", "y") + rewritten("2", "y"), Same},
		"both forms in their pack":      {base + rewritten("3", "x"), base + turn("3") + rewritten("3", "x"), Same},
		"rewritten behind the prefix":   {base, base + rewritten("2", "x"), Behind}, // by bytes: a prefix
		"the other form in the prefix":  {base + glance("b"), base + rewritten("2", "x"), Ahead},
		"torn, they have the whole row": {base + `{"uuid":"3","text":"ab` + "\n", base + `{"uuid":"3","text":"abc"}` + "\n", Behind},
		"ours doubled, they went on":    {base + base, base + turn("3"), Behind},
		"no uuid anywhere: rows decide": {glance("a") + glance("b"), glance("a") + glance("c"), Diverged},
		"no uuid, superset":             {glance("a") + glance("b"), glance("a") + glance("c") + glance("b"), Behind},
		"garbage is metadata":           {base + "\x00\n", base + "garbage\n", Behind},
		"no final newline on one side":  {strings.TrimSuffix(base, "\n"), base, Behind},
	} {
		t.Run(name, func(t *testing.T) {
			if got := relate(t, c.ours, c.theirs).Relation; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestRelationTurnsAroundWithItsSides(t *testing.T) {
	base := turn("1")
	for _, c := range [][2]string{{base, base + turn("2")}, {base + turn("2"), base + turn("3")}, {base, base},
		{base + glance("a"), base + turn("2") + glance("b")}, {base + turn("3") + turn("4"), base + glance("x") + turn("4")}} {
		there, back := relate(t, c[0], c[1]).Relation, relate(t, c[1], c[0]).Relation
		mirror := map[Relation]Relation{Same: Same, Ahead: Behind, Behind: Ahead, Diverged: Diverged}
		if mirror[there] != back {
			t.Errorf("%q: %v one way, %v the other", c, there, back)
		}
	}
}

// A branch is known by its last row that the other side lacks: what a third machine's branch brought in
// before it is not it, and what both have behind it is not either.
func TestBranchIsKnownByItsLastRow(t *testing.T) {
	base := turn("1")
	for name, c := range map[string]struct{ ours, theirs, tip string }{
		"one row":           {turn("3"), turn("4"), "3"},
		"another merged in": {turn("2") + turn("3"), turn("4"), "3"},
		"shared behind it":  {turn("3") + turn("2"), turn("2") + turn("4"), "3"},
	} {
		text := base + c.ours
		ours := Branch{Source: local(text), Side: relate(t, text, base+c.theirs).Ours}
		if got, err := ours.Fork(); err != nil || got == nil || got.tip != c.tip {
			t.Errorf("%s: got %+v, %v, want %q", name, got, err, c.tip)
		}
	}
}

func TestMergePutsTheWinnerLast(t *testing.T) {
	base := turn("1")
	ours, theirs := base+turn("2")+glance("a"), base+turn("3")+glance("a")
	if got, want := merged(t, ours, theirs, OursWins), base+turn("3")+turn("2")+glance("a"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := merged(t, ours, theirs, TheirsWins), base+turn("2")+turn("3")+glance("a"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMergeEndsATornRowBeforeTheNextBegins(t *testing.T) {
	base := turn("1")
	got := merged(t, base+`{"torn":"x`, base+turn("2"), TheirsWins)
	if want := base + `{"torn":"x` + "\n" + turn("2"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReadErrorOfAPackIsNeverARelation(t *testing.T) {
	if _, err := Relate(local(turn("1")+turn("2")), broken(turn("1"))); err == nil {
		t.Error("a broken pack that begins like ours was compared")
	}
	if _, err := Relate(local(turn("1")), broken(turn("1")+turn("2"))); err == nil {
		t.Error("a broken pack that goes on was compared")
	}
}

type broken string

func (b broken) Open() io.Reader {
	return io.MultiReader(strings.NewReader(string(b)), errReader{})
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
