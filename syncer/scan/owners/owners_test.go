package owners

import (
	"slices"
	"testing"

	"github.com/google/uuid"
)

type project struct{ name string }

func TestASessionHasOneOwner(t *testing.T) {
	a, b, c := &project{"a"}, &project{"b"}, &project{"c"}
	alone, both, all, absent := uuid.UUID{1}, uuid.UUID{3}, uuid.UUID{2}, uuid.UUID{4}
	m := New[project](0)
	for _, add := range []struct {
		p  *project
		id uuid.UUID
	}{{a, alone}, {a, alone}, {a, both}, {b, both}, {b, both}, {c, all}, {b, all}, {a, all}} {
		m.Add(add.p, add.id)
	}
	last := func(_ uuid.UUID, of []*project) *project { return of[len(of)-1] }
	twice := m.Settle(last)
	if len(twice) != 2 || twice[0].Session != all || twice[0].Owner != a || !slices.Equal(twice[0].Others, []*project{c, b}) ||
		twice[1].Session != both || twice[1].Owner != b || !slices.Equal(twice[1].Others, []*project{a}) {
		t.Errorf("got %+v", twice)
	}
	if m.Of(alone) != a || m.Of(both) != b || m.Of(all) != a || m.Of(absent) != nil {
		t.Error("a session has another owner")
	}
	if m.Elsewhere(a, alone) || !m.Elsewhere(a, both) || m.Elsewhere(b, both) {
		t.Error("a session is said to belong elsewhere")
	}
	m.Move(alone, c)
	m.Move(absent, c)
	m.Give(absent, b)
	if m.Of(alone) != c || !m.Elsewhere(a, alone) || m.Of(absent) != b {
		t.Error("what was moved or given has another owner")
	}
}
