package engine

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"

	"pgregory.net/rapid"
)

// cut is a crash or a pulled-out stick: it takes the end of a machine's own pack of a session that is here. The rows
// that stand whole before it must stay, even if the transcript lost them meanwhile.
func (g *game) cut(m *Machine, before map[string]map[string]string) map[string]map[string]string {
	for _, id := range g.sessions(m) {
		name := m.packs().Name(testKey, id)
		path := filepath.Join(g.folder(m), name)
		where := packed + g.where(m, id)
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(g.w.read(m, id), "\n") {
			continue // nothing could mend it
		}
		text := g.unpackOwn(m, name)
		g.torn[where] = true
		keep := max(0, len(data)-rapid.IntRange(1, 250).Draw(g.T, "lost"))
		g.check(os.WriteFile(path, data[:keep], 0o600))
		left := numbered(g.unpackOwn(m, name))
		for n := range before[where] {
			if _, stays := left[n]; !stays {
				delete(before[where], n)
			}
		}
		g.last = nil
		if rapid.Bool().Draw(g.T, "anew") {
			g.takeAway(m, id, before, true)
		}
		g.gone[id] = g.gone[id] || !g.held(strings.Fields(conversation(text)))
		break
	}
	return before
}

// mend has each machine push whose packs were cut, and brings the packs to the others: a session is archived only where
// a pack of it can be read.
func (g *game) mend() {
	if len(g.torn) == 0 {
		return
	}
	before := g.rows()
	for _, m := range g.w.machines {
		_, err := m.Push(context.Background(), syncer.Scope{})
		g.check(err)
		for _, other := range g.w.machines {
			g.bring(m, other, g.packs(m)...)
		}
	}
	if g.laws(before); len(g.torn) > 0 {
		g.Fatalf("a push left %v as they were cut", g.torn)
	}
}

// unpackOwn is unpack, and for a pack that was cut and not yet mended what can be read of it.
func (g *game) unpackOwn(m *Machine, name string) string {
	where := g.wherePacked(m, name)
	if !g.torn[where] {
		return g.unpack(m, name)
	}
	p, err := m.packs().Open(context.Background(), name)
	if err != nil {
		return ""
	}
	defer p.Close()
	var text strings.Builder
	_, err = io.Copy(&text, p.Body())
	if err == nil {
		delete(g.torn, where)
		return text.String()
	}
	if !errors.Is(err, ccsync.ErrTruncated) {
		g.Fatalf("%s: %v", name, err)
	}
	return text.String()[:strings.LastIndex(text.String(), "\n")+1]
}
