package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
)

// worlds measures status over a store of n sessions beside which each odd kind is there a few hundred times: copies in
// another place, work trees and folders that are gone, files without a whole row, sessions that moved below. It fails
// if status does not account for every file.
func worlds(w *world, n int) ([]*table, error) {
	const each, projects = 300, 100
	p, err := w.newPair("worlds", projects)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(p.root)
	c := newCorpus(uint64(n))
	for i := range n {
		if err := p.session(c, i%projects, min(mb, c.size(12_000, 1.2))); err != nil {
			return nil, err
		}
	}
	for i := range each {
		if err := p.oddities(c, i, i%projects); err != nil {
			return nil, err
		}
	}
	if err := run(p.verb("desktop", "push", "--all")()); err != nil {
		return nil, err
	}
	if err := p.rest(); err != nil {
		return nil, err
	}
	if err := p.addsUp(n + 5*each); err != nil {
		return nil, err
	}
	t := &table{fmt.Sprintf("%d sessions and %d of each odd kind, nothing changed", n, each), []*contender{
		{name: "find -printf '%s %T@'", command: shell(`find "$1" "$2" -printf '%s %T@' >/dev/null`, p.store("desktop"), p.sync())},
		{name: "status", command: p.verb("desktop", "status")},
	}}
	return []*table{t}, t.measure(w.rounds)
}

// oddities writes one transcript of each odd kind.
func (p *pair) oddities(c *corpus, i, project int) error {
	cwd := p.cwd("desktop", project)
	gone := filepath.Join(cwd, ".claude", "worktrees", fmt.Sprint("passing-", i))
	lost := filepath.Join(p.root, "desktop", "gone", fmt.Sprint(i))
	below := filepath.Join(cwd, fmt.Sprint("below-", project))
	whole := func(place, said string) error { return p.put(c, place, ccsync.SessionID(c.id()), said, 6_000) }
	return errors.Join(
		os.MkdirAll(below, 0o755), os.MkdirAll(gone, 0o755), os.MkdirAll(lost, 0o755),
		p.put(c, below, p.ids[i], cwd, 6_000), // a copy that went its own way
		whole(gone, gone), whole(lost, lost), whole(below, below),
		p.put(c, cwd, ccsync.SessionID(c.id()), cwd, 0),
		os.RemoveAll(gone), os.RemoveAll(lost))
}

// put writes a transcript of the desktop into the place of a folder; its rows name the folder said.
func (p *pair) put(c *corpus, place string, id ccsync.SessionID, said string, size int64) error {
	path, err := claude.Store{Dir: filepath.Join(p.root, "desktop", ".claude")}.TranscriptPath(place, id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(c.transcript(f, string(id), said, size), f.Close())
}

// addsUp returns an error unless status accounts for every file that is there. A push may have brought some of them to
// other places, so that there are more than the files that were made.
func (p *pair) addsUp(files int) error {
	found, err := filepath.Glob(filepath.Join(p.store("desktop"), "*", "*.jsonl"))
	if err != nil {
		return err
	}
	out, err := p.verb("desktop", "status", "--json")().Output()
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	var said struct{ Files int }
	if err := json.Unmarshal(out, &said); err != nil {
		return err
	}
	if said.Files != len(found) || len(found) < files {
		return fmt.Errorf("status accounts for %d transcripts; %d are there, and %d were made", said.Files, len(found), files)
	}
	return nil
}
