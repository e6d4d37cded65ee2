package project

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// apply makes one change to a draft of two projects and their folders.
func apply(d *Draft, step byte) bool {
	key := Key(fmt.Sprintf("name:p%d", step&1))
	cwd := []string{"/a", "/b", "/c", "/d", "/e", "/a/", "/x/../b", "/c//"}[step>>1&7]
	switch step >> 4 {
	case 10, 11:
		return d.Move(cwd, key)
	case 12:
		return d.Checked(cwd, Checkout{Main: cwd, Linked: step&1 != 0})
	case 13:
		return d.Alias(key, Key(fmt.Sprintf("name:p%d", step>>1&1)))
	case 0:
		return d.Forget(key)
	case 1:
		return d.SetLocalOnly(key, step&2 != 0)
	case 2, 3, 4, 5:
		return d.Register(key, cwd, at(int64(step&15)))
	case 6, 7, 8:
		return d.Detach(key, cwd)
	}
	return d.Attach(key, cwd)
}

// Many changes at once have the result of the changes one by one, and change no earlier registry.
func FuzzManyChangesAreTheSameAsOneByOne(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		steps := make([]byte, 60)
		for i := range steps {
			steps[i] = byte(random.Uint32())
		}
		f.Add(steps)
	}
	f.Fuzz(func(t *testing.T, steps []byte) {
		var single Registry
		var before []Registry
		var files [][]byte
		atOnce, changed := Registry{}.Change(func(d *Draft) {
			for _, step := range steps {
				before, files = append(before, single), append(files, single.Bytes())
				single.Change(func(d *Draft) { apply(d, step^2) }) // comes to nothing
				var now bool
				single, now = single.Change(func(d *Draft) { apply(d, step) })
				if apply(d, step) != now {
					t.Errorf("step %d: changed is %v one by one", step, now)
				}
				if !bytes.Equal(d.Registry().Bytes(), single.Bytes()) {
					t.Errorf("step %d: at once\n%s\none by one\n%s", step, d.Registry().Bytes(), single.Bytes())
				}
			}
		})
		if !changed && !bytes.Equal(atOnce.Bytes(), Registry{}.Bytes()) {
			t.Errorf("nothing has changed, and it is\n%s", atOnce.Bytes())
		}
		for i, r := range before {
			if !bytes.Equal(r.Bytes(), files[i]) {
				t.Errorf("registry %d was\n%s\nand is\n%s", i, files[i], r.Bytes())
			}
		}
		again, err := parseRegistry(atOnce.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), atOnce.Bytes()) {
			t.Errorf("read back, %v:\n%s\nwant\n%s", err, again.Bytes(), atOnce.Bytes())
		}
		wantOwners(t, atOnce)
		wantOwners(t, single)
	})
}

// wantOwners checks that the two maps of a registry agree.
func wantOwners(t *testing.T, r Registry) {
	t.Helper()
	n := 0
	for _, key := range r.Keys() {
		for _, cwd := range r.Cwds(key) {
			n++
			if owner, ok := r.KeyOf(cwd); !ok || owner != key {
				t.Errorf("%q is a folder of %q, and KeyOf says %q", cwd, key, owner)
			}
		}
	}
	for id, c := range r.checkouts {
		if key, ok := r.owners[id]; !ok || !slices.Contains(r.Cwds(key), c.Cwd) {
			t.Errorf("%+v is of no registered folder", c)
		}
	}
	if n != len(r.owners) {
		t.Errorf("%d folders have %d owners", n, len(r.owners))
	}
}

func TestADraftSeesItsOwnChanges(t *testing.T) {
	before, _ := Registry{}.Attach(myapp, "/a")
	after, changed := before.Change(func(d *Draft) {
		d.Attach(other, "/b")
		if key, ok := d.Registry().KeyOf("/b"); !ok || key != other {
			t.Errorf("got %q, %v; want %q", key, ok, other)
		}
		d.Detach(myapp, "/a")
	})
	if !changed {
		t.Error("nothing has changed")
	}
	wantCwds(t, before, myapp, "/a")
	wantCwds(t, before, other)
	wantCwds(t, after, myapp)
	wantCwds(t, after, other, "/b")
	if same, changed := after.Change(func(d *Draft) { d.Attach(other, "/b") }); changed || !bytes.Equal(same.Bytes(), after.Bytes()) {
		t.Errorf("changed is %v, and it is\n%s", changed, same.Bytes())
	}
}
