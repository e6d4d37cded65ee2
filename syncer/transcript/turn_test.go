package transcript

import (
	"strings"
	"testing"
)

// Each row stands on one machine, and a turn on the other. Only a turn makes the two diverge.
func TestOnlyATurnMakesAConflict(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for name, c := range map[string]struct {
		row  string
		turn bool
	}{
		"an answer":                     {`{"type":"assistant","uuid":"2","message":{"content":[{"type":"text","text":"hi"}]}}`, true},
		"an answer, its type last":      {`{"uuid":"2","message":{"content":[{"type":"text","text":"` + long + `"}]},"type":"assistant"}`, true},
		"a prompt":                      {`{"type":"user","message":{"role":"user","content":"hi"},"uuid":"2","promptSource":"typed"}`, true},
		"a prompt, its source human":    {`{"type":"user","message":{"content":"<command-name>/x"},"uuid":"2","rowSource":"human"}`, true},
		"a tool's result":               {`{"type":"user","message":{"content":[{"type":"tool_result"}]},"uuid":"2"}`, true},
		"a prompt with a picture":       {`{"type":"user","message":{"content":[{"type":"text","text":"<command-name>"}]},"uuid":"2"}`, true},
		"a prompt about a command":      {`{"type":"user","message":{"content":"what is <command-name>?"},"uuid":"2"}`, true},
		"a prompt of a custom command":  {`{"type":"user","message":{"content":"<command-message>init</command-message>"},"uuid":"2"}`, true},
		"not meta":                      {`{"type":"user","isMeta":false,"uuid":"2"}`, true},
		"isMeta in the message":         {`{"type":"user","message":{"isMeta":true},"uuid":"2"}`, true},
		"a summary of a compaction":     {`{"type":"user","isCompactSummary":true,"message":{"content":"This session"},"uuid":"2"}`, true},
		"an unknown type":               {`{"type":"thought","uuid":"2"}`, true},
		"no type":                       {`{"uuid":"2"}`, true},
		"/rename: system":               {`{"type":"system","subtype":"local_command","content":"<command-name>/rename","uuid":"2"}`, false},
		"a blocked prompt":              {`{"type":"system","subtype":"informational","uuid":"2"}`, false},
		"an attachment":                 {`{"type":"attachment","attachment":{"type":"date"},"uuid":"2"}`, false},
		"a hook of an older version":    {`{"type":"progress","data":{"type":"hook_progress","hookEvent":"SessionStart"},"uuid":"2"}`, false},
		"a caveat":                      {`{"type":"user","message":{"content":"<local-command-caveat>"},"isMeta":true,"rowSource":"harness","uuid":"2"}`, false},
		"meta":                          {`{"type":"user","message":{"content":"Continue"},"isMeta": true ,"uuid":"2"}`, false},
		"meta, behind a long text":      {`{"uuid":"2","message":{"content":"` + long + `"},"type":"user","isMeta":true}`, false},
		"/effort: a command":            {`{"type":"user","message":{"content":"<command-name>/effort</command-name>"},"uuid":"2","rowSource":"local"}`, false},
		"/effort: from the harness":     {`{"type":"user","message":{"content":"Set"},"uuid":"2","rowSource":"harness"}`, false},
		"an older version's command":    {`{"type":"user","message":{"role":"user","content":"<command-name>/model</command-name>"},"uuid":"2"}`, false},
		"an older version's output":     {`{"type":"user","message":{"role":"user","content":"<local-command-stdout>` + long + `</local-command-stdout>"},"uuid":"2"}`, false},
		"an older version's error text": {`{"type":"user","message":{"role":"user","content":"<local-command-stderr>no</local-command-stderr>"},"uuid":"2"}`, false},
	} {
		base := turn("1")
		local, other := base+c.row+"\n", base+turn("theirs")
		got := relate(t, local, other)
		want, wins := Behind, TheirsWins
		if c.turn {
			want, wins = Diverged, OursWins
		}
		if got.Relation != want || len(got.Ours.NewRows) != 1 {
			t.Errorf("%s: got %v with %d news, want %v", name, got.Relation, len(got.Ours.NewRows), want)
		}
		if !c.turn && got.Winner() != wins {
			t.Errorf("%s: it wins against a turn", name)
		}
		if back := relate(t, other, local).Relation; (back == Diverged) != c.turn {
			t.Errorf("%s: %v from the other side", name, back)
		}
	}
}

func TestRowsThatAreNoTurnsAreUnited(t *testing.T) {
	base := turn("1")
	for name, c := range map[string]struct {
		ours, theirs string
		relation     Relation
		want         string
	}{
		"they went on":          {aside("1"), turn("2"), Behind, aside("1") + turn("2")},
		"we went on":            {turn("2"), aside("1"), Ahead, aside("1") + turn("2")},
		"they lack them":        {aside("1"), "", Ahead, aside("1")},
		"both, and no turn":     {aside("1"), aside("2"), Behind, aside("1") + aside("2")},
		"and metadata":          {aside("1") + glance("a"), turn("2") + glance("b"), Behind, aside("1") + glance("a") + turn("2") + glance("b")},
		"we have both already":  {aside("1") + turn("2"), turn("2"), Ahead, aside("1") + turn("2")},
		"the turn has a shadow": {turn("2"), aside("1") + turn("2"), Behind, aside("1") + turn("2")},
	} {
		t.Run(name, func(t *testing.T) {
			got := relate(t, base+c.ours, base+c.theirs)
			if got.Relation != c.relation {
				t.Errorf("got %v, want %v", got.Relation, c.relation)
			}
			if got := merged(t, base+c.ours, base+c.theirs, got.Winner()); got != base+c.want {
				t.Errorf("got\n%swant\n%s", got, base+c.want)
			}
		})
	}
}
