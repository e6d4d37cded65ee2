package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// plan is a group of tables that share their preparation.
type plan struct {
	name    string
	measure func(*world) ([]*table, error)
}

func tables() []plan {
	all := []plan{{"odd", odd}, {"many", many}, {"append", appended}}
	for _, size := range []int64{1, 50, 500, 2048} {
		all = append(all, plan{fmt.Sprintf("single-%d", size), func(w *world) ([]*table, error) { return single(w, size) }})
	}
	for _, n := range []int{2_000, 20_000} {
		all = append(all, plan{fmt.Sprintf("noop-%d", n), func(w *world) ([]*table, error) { return noop(w, n) }})
	}
	return append(all, plan{"worlds", func(w *world) ([]*table, error) { return worlds(w, 20_000) }})
}

const mb = 1_000_000

// single measures one long session: packing without a flush against cp, and the verbs against cp and sync.
func single(w *world, size int64) ([]*table, error) {
	p, err := w.newPair(fmt.Sprintf("single-%d", size), 1)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(p.root)
	if err := p.session(newCorpus(uint64(size)), 0, size*mb); err != nil {
		return nil, err
	}
	return p.single(fmt.Sprintf("one session of %d MB", size))
}

func (p *pair) single(title string) ([]*table, error) {
	from := p.path[p.ids[0]]
	copied, packed, unpacked := filepath.Join(p.root, "copy"), filepath.Join(p.root, "pack"), filepath.Join(p.root, "unpacked")
	bare := &table{title + ", without fsync", []*contender{
		{name: "cp", prepare: remove(copied), command: shell(`cp "$1" "$2"`, from, copied)},
		{name: "pack", prepare: remove(packed), command: p.child("pack", from, packed)},
		{name: "unpack", prepare: remove(unpacked), command: p.child("unpack", packed, unpacked)},
		{name: "compare", command: p.child("compare", packed, from)},
	}}
	if err := bare.measure(p.rounds); err != nil {
		return nil, err
	}
	if err := remove(copied, packed, unpacked)(); err != nil {
		return nil, err
	}
	durable := &table{title + ", durable", []*contender{
		{name: "cp && sync", prepare: remove(copied), command: shell(`cp "$1" "$2" && sync "$2"`, from, copied)},
		{name: "push", prepare: func() error { return remove(p.packs(0))() }, command: p.verb("desktop", "push", "--all")},
		{name: "pull", prepare: remove(p.store("laptop"), filepath.Join(p.root, "laptop", ".local")), command: p.verb("laptop", "pull")},
	}}
	return []*table{bare, durable}, durable.measure(p.rounds)
}

// odd measures packing of content that is hard or easy to escape, against cp.
func odd(w *world) ([]*table, error) {
	var all []*table
	for _, kind := range []string{"typical", "CJK", "base64", "escapes", "random"} {
		dir := filepath.Join(w.dir, "odd")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		from, copied, packed, unpacked := filepath.Join(dir, "from"), filepath.Join(dir, "copy"), filepath.Join(dir, "pack"), filepath.Join(dir, "unpacked")
		if err := run(w.child("make", from, kind, "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab", "/home/you/work/myapp", fmt.Sprint(200*mb))()); err != nil {
			return nil, err
		}
		t := &table{"200 MB, " + kind, []*contender{
			{name: "cp", prepare: remove(copied), command: shell(`cp "$1" "$2"`, from, copied)},
			{name: "pack", prepare: remove(packed), command: w.child("pack", from, packed)},
			{name: "unpack", prepare: remove(unpacked), command: w.child("unpack", packed, unpacked)},
		}}
		if err := t.measure(w.rounds); err != nil {
			return nil, err
		}
		all = append(all, t)
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// many measures 200 sessions of half a megabyte.
func many(w *world) ([]*table, error) {
	p, err := w.newPair("many", 4)
	if err != nil {
		return nil, err
	}
	c := newCorpus(200)
	for n := range 200 {
		if err := p.session(c, n%4, 495_000); err != nil {
			return nil, err
		}
	}
	copied := filepath.Join(p.root, "copy")
	packs := func() error {
		for n := range 4 {
			if err := os.RemoveAll(p.packs(n)); err != nil {
				return err
			}
		}
		return nil
	}
	t := &table{"99 MB in 200 sessions, durable", []*contender{
		{name: "cp -r && sync", prepare: remove(copied), command: shell(`cp -r "$1" "$2" && find "$2" -print0 | xargs -0 sync`, p.store("desktop"), copied)},
		{name: "push --all", prepare: packs, command: p.verb("desktop", "push", "--all")},
		{name: "pull", prepare: remove(p.store("laptop"), filepath.Join(p.root, "laptop", ".local")), command: p.verb("laptop", "pull")},
	}}
	return []*table{t}, t.measure(p.rounds)
}

// noop measures how long it takes to find out that none of n sessions has changed, and then that one has.
func noop(w *world, n int) ([]*table, error) {
	projects := max(40, n/200)
	p, err := w.newPair(fmt.Sprintf("noop-%d", n), projects)
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
	for _, command := range [][]string{{"desktop", "push", "--all"}, {"laptop", "pull"}} {
		if err := run(p.verb(command[0], command[1:]...)()); err != nil {
			return nil, err
		}
	}
	if err := p.rest(); err != nil {
		return nil, err
	}
	still := &table{fmt.Sprintf("%d sessions, nothing changed", n), []*contender{
		{name: "find -printf '%s %T@'", command: shell(`find "$1" "$2" -printf '%s %T@' >/dev/null`, p.store("laptop"), p.sync())},
		{name: "pull", command: p.verb("laptop", "pull")},
		{name: "status", command: p.verb("laptop", "status")},
		{name: "push --all", command: p.verb("laptop", "push", "--all")},
	}}
	if err := still.measure(w.rounds); err != nil {
		return nil, err
	}
	one := &table{fmt.Sprintf("%d sessions, one row more in one of them", n), []*contender{
		{name: "status, nothing changed", prepare: func() error { return run(p.verb("desktop", "status")()) }, command: p.verb("desktop", "status")},
		{name: "push --all", prepare: func() error { return errors.Join(p.grow(p.ids[0], 0, 1), p.rest()) }, command: p.verb("desktop", "push", "--all")},
	}}
	return []*table{still, one}, one.measure(w.rounds)
}

// appended measures a long session that has grown a little. A push and a pull replace the old file, and the file
// system takes time to free it; one of the cp rows does the same.
func appended(w *world) ([]*table, error) {
	p, err := w.newPair("append", 1)
	if err != nil {
		return nil, err
	}
	c := newCorpus(500)
	if err := p.session(c, 0, 500*mb); err != nil {
		return nil, err
	}
	copied, replaced := filepath.Join(p.root, "copy"), filepath.Join(p.root, "replaced")
	known := func() error { // both scanned it when it was at rest
		if err := p.rest(); err != nil {
			return err
		}
		return run(p.verb("desktop", "status")())
	}
	// All contenders start after the same pause. In a pause, a virtual machine may give memory back to its host, and
	// the next command has to take it again.
	empty := func() error { return errors.Join(remove(copied)(), p.rest()) }
	t := &table{"190 KB more in a session of 500 MB, durable", []*contender{
		{name: "cp", prepare: empty, command: shell(`cp "$1" "$2"`, p.path[p.ids[0]], copied)},
		{name: "cp && sync", prepare: empty, command: shell(`cp "$1" "$2" && sync "$2"`, p.path[p.ids[0]], copied)},
		{name: "cp && sync && mv over the last", prepare: p.rest, command: shell(`cp "$1" "$2.new" && sync "$2.new" && mv "$2.new" "$2"`, p.path[p.ids[0]], replaced)},
		{name: "push", command: p.verb("desktop", "push", "--all"), prepare: func() error {
			if err := known(); err != nil {
				return err
			}
			return p.grow(p.ids[0], 0, 190_000)
		}},
		{name: "pull", command: p.verb("laptop", "pull"), prepare: p.rest},
	}}
	if err := run(p.verb("desktop", "push", "--all")()); err != nil {
		return nil, err
	}
	bare, err := p.grown(copied)
	if err == nil {
		err = bare.measure(p.rounds)
	}
	if err != nil {
		return nil, err
	}
	return []*table{bare, t}, t.measure(p.rounds)
}

// grown measures only the extension of a pack: not the check of the prefix, not the flush, not the removal of the
// old pack.
func (p *pair) grown(copied string) (*table, error) {
	transcript, grown := p.path[p.ids[0]], filepath.Join(p.root, "grown")
	before, err := os.Stat(transcript)
	if err != nil {
		return nil, err
	}
	packs, err := filepath.Glob(filepath.Join(p.packs(0), "*.ccsync"))
	if err != nil || len(packs) != 1 {
		return nil, fmt.Errorf("there are %d packs: %v", len(packs), err)
	}
	return &table{"190 KB more in a session of 500 MB, neither checked nor durable", []*contender{
		{name: "cp", prepare: func() error { return errors.Join(remove(copied)(), p.rest()) }, command: shell(`cp "$1" "$2"`, transcript, copied)},
		{name: "the pack alone", prepare: func() error { return errors.Join(remove(grown)(), p.rest()) },
			command: p.child("extend", packs[0], transcript, fmt.Sprint(before.Size()), grown)},
	}}, p.grow(p.ids[0], 0, 190_000)
}
