package words

import (
	"slices"
	"testing"
)

func TestNamesAreInAPersonsOrderAndOnce(t *testing.T) {
	for _, c := range []struct {
		name      string
		all, want []string
	}{
		{"none", nil, nil},
		{"twice", []string{"lap", "desk", "lap", "desk"}, []string{"desk", "lap"}},
		{"case", []string{"laptop", "Desk", "attic", "desk"}, []string{"attic", "Desk", "desk", "laptop"}},
		{"accents", []string{"zoo", "émile", "Eve", "emil"}, []string{"emil", "émile", "Eve", "zoo"}},
		{"accents that are not composed", []string{"zoo", "e\u0301mile"}, []string{"e\u0301mile", "zoo"}},
		{"what people have", []string{"日本", "émile", "ü", "a*?", "a|b", "AUX", "con", "Müller PC"}, []string{"a*?", "AUX", "a|b", "con", "émile", "Müller PC", "ü", "日本"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.all)
			if got := Names(c.all); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !slices.Equal(c.all, before) {
				t.Errorf("the list that was given became %q", c.all)
			}
		})
	}
}
