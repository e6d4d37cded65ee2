package project

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// known is a registry of projects with one folder each; the folder is the key.
func known(keys ...Key) Registry {
	r, _ := Registry{}.Change(func(d *Draft) {
		for _, k := range keys {
			d.Attach(k, "/"+string(k))
		}
	})
	return r
}

func TestPacksUnderAnotherKeyBelongToTheProject(t *testing.T) {
	const k0, k1, k2, k3 Key = "git:https://host/0.git", "git:https://host/1.git", "git:https://host/2.git", "git:https://host/3.git"
	moved := func(d *Draft, from, to Key) {
		d.Attach(from, "/moving")
		d.Move("/moving", to)
	}
	for name, c := range map[string]struct {
		has    []Key
		edit   func(*Draft)
		others map[Key]Key
		want   map[Key]Key
		same   [][2]Key
		apart  [][2]Key
	}{
		"nothing known": {want: map[Key]Key{k0: k0, k0 + "//web": k0 + "//web"}, same: [][2]Key{{k0, k0 + "//web"}}, apart: [][2]Key{{k0, k1}}},
		"a former key": {edit: func(d *Draft) { moved(d, k0, k1) },
			want: map[Key]Key{k0: k1, k1: k1, k0 + "//web": k1 + "//web", k1 + "//web": k1 + "//web", k2: k2},
			same: [][2]Key{{k0, k1}, {k0 + "//web", k1 + "//api"}}, apart: [][2]Key{{k0, k2}}},
		"a chain of former keys": {edit: func(d *Draft) { moved(d, k0, k1); d.Move("/moving", k2) },
			want: map[Key]Key{k0: k2, k1: k2, k0 + "//a": k2 + "//a"}, same: [][2]Key{{k0, k2}, {k0, k1}}},
		"there and back": {edit: func(d *Draft) { moved(d, k0, k1); d.Move("/moving", k0) },
			want: map[Key]Key{k0: k0, k1: k0, k1 + "//a": k0 + "//a"}, same: [][2]Key{{k0, k1}}},
		"the old key still has a folder": {has: []Key{k0}, edit: func(d *Draft) { moved(d, k0, k1) },
			want: map[Key]Key{k0: k0, k1: k1, k0 + "//a": k0 + "//a"}, same: [][2]Key{{k0, k1}, {k0 + "//a", k1}}},
		"it got its first remote": {edit: func(d *Draft) { moved(d, "name:app", k1) },
			want: map[Key]Key{"name:app": k1, "name:app//web": k1 + "//web"}, same: [][2]Key{{"name:app", k1}}},
		"a subdirectory alone moved": {edit: func(d *Draft) { moved(d, k0+"//web", k1+"//web") },
			want: map[Key]Key{k0 + "//web": k1 + "//web", k0: k1, k0 + "//api": k1 + "//api"}, same: [][2]Key{{k0, k1}}},
		"a subdirectory became a repository": {edit: func(d *Draft) { moved(d, k0+"//web", k1) },
			want: map[Key]Key{k0 + "//web": k1, k0: k0, k0 + "//api": k0 + "//api"}, same: [][2]Key{{k0, k1}}},
		"an alias, one registered": {has: []Key{k1}, edit: func(d *Draft) { d.Alias(k0, k1) },
			want: map[Key]Key{k0: k1, k0 + "//a": k1 + "//a", k1: k1}, same: [][2]Key{{k0, k1}}},
		"an alias, the other way": {has: []Key{k0}, edit: func(d *Draft) { d.Alias(k0, k1) },
			want: map[Key]Key{k1: k0, k1 + "//a": k0 + "//a"}, same: [][2]Key{{k1, k0}}},
		"an alias, both registered": {has: []Key{k0, k1}, edit: func(d *Draft) { d.Alias(k0, k1) },
			want: map[Key]Key{k0: k0, k1: k1}, same: [][2]Key{{k0, k1}}},
		"an alias, none registered": {edit: func(d *Draft) { d.Alias(k0, k1) }, want: map[Key]Key{k0: k1, k1: k1}, same: [][2]Key{{k0, k1}}},
		"an alias of a subdirectory": {has: []Key{k1}, edit: func(d *Draft) { d.Alias("name:web", k1+"//web") },
			want: map[Key]Key{"name:web": k1 + "//web"}, same: [][2]Key{{"name:web", k1}}},
		"a chain of aliases": {has: []Key{k3}, edit: func(d *Draft) { d.Alias(k0, k1); d.Alias(k1, k2); d.Alias(k2, k3) },
			want: map[Key]Key{k0: k3, k1: k3, k2: k3}, same: [][2]Key{{k0, k3}}},
		"a circle of aliases": {edit: func(d *Draft) { d.Alias(k0, k1); d.Alias(k1, k2); d.Alias(k2, k0) },
			want: map[Key]Key{k0: k0, k1: k0, k2: k0}, same: [][2]Key{{k0, k2}, {k2, k1}}},
		"a circle through subdirectories": {edit: func(d *Draft) { d.Alias(k0, k1+"//a"); d.Alias(k1, k0+"//a") },
			want: map[Key]Key{k0: k1 + "//a", k1: k0 + "//a"}, same: [][2]Key{{k0, k1}}},
		"a chain through a former key": {edit: func(d *Draft) { moved(d, k1, k2); d.Alias(k0, k1) },
			want: map[Key]Key{k0: k2}, same: [][2]Key{{k0, k2}}},
		"another machine's alias": {has: []Key{k1}, others: map[Key]Key{k0: k1, k2: k2},
			want: map[Key]Key{k0: k1, k0 + "//a": k1 + "//a", k2: k2}, same: [][2]Key{{k0, k1}}, apart: [][2]Key{{k1, k2}}},
		"another machine moved on": {has: []Key{k0}, others: map[Key]Key{k0: k1}, want: map[Key]Key{k1: k0, k0: k0}, same: [][2]Key{{k0, k1}}},
		"the repository is known by another folder": {has: []Key{k1 + "//web"}, others: map[Key]Key{k0: k1, k1: k2},
			want: map[Key]Key{k0: k1, k2: k1, k2 + "//web": k1 + "//web", k2 + "//api": k1 + "//api"}},
		"the nearest counts": {has: []Key{k1, k3}, others: map[Key]Key{k0: k1, k1: k2, k2: k3}, want: map[Key]Key{k0: k1, k2: k3}},
		"it has lost its folders": {edit: func(d *Draft) { moved(d, k0, k1); d.Detach(k1, "/moving") },
			want: map[Key]Key{k0: k1}, same: [][2]Key{{k0, k1}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := known(c.has...)
			if c.edit != nil {
				r, _ = r.Change(c.edit)
			}
			before := r.Bytes()
			r = r.WithAliases(c.others)
			if !bytes.Equal(r.Bytes(), before) {
				t.Errorf("the aliases of others are in our file:\n%s", r.Bytes())
			}
			again, err := parseRegistry(before)
			if err != nil || !bytes.Equal(again.Bytes(), before) {
				t.Errorf("read back: %v\n%s", err, again.Bytes())
			}
			for _, r := range []Registry{r, again.WithAliases(c.others)} {
				for key, want := range c.want {
					if got := r.Canonical(key); got != want {
						t.Errorf("%s: got %s, want %s", key, got, want)
					}
				}
				for _, pair := range c.same {
					if !r.Same(pair[0], pair[1]) || !r.Same(pair[1], pair[0]) {
						t.Errorf("%s and %s are two repositories", pair[0], pair[1])
					}
				}
				for _, pair := range c.apart {
					if r.Same(pair[0], pair[1]) || r.Same(pair[1], pair[0]) {
						t.Errorf("%s and %s are one repository", pair[0], pair[1])
					}
				}
			}
		})
	}
}

func TestWhatIsMovedKeepsWhatItWas(t *testing.T) {
	r, _ := Registry{}.Change(func(d *Draft) {
		d.Register("name:app", "/a", at(7))
		d.Attach("name:app", "/b")
		d.SetLocalOnly("name:app", true)
		d.Checked("/a", Checkout{Stamp: "1"})
	})
	half, _ := r.Change(func(d *Draft) { d.Move("/a/.", myapp) })
	wantCwds(t, half, myapp, "/a/.")
	wantCwds(t, half, "name:app", "/b")
	if !half.LocalOnly(myapp) || !half.LocalOnly("name:app") {
		t.Errorf("sessions that were kept here are not any more:\n%s", half.Bytes())
	}
	whole, _ := half.Change(func(d *Draft) { d.Move("/b", myapp) })
	if got := whole.Former(myapp); !slices.Equal(got, []Key{"name:app"}) || whole.Has("name:app") || !whole.Used(myapp).Equal(at(7)) {
		t.Errorf("got former keys %q of\n%s", got, whole.Bytes())
	}
	if c, ok := whole.Checkout("/a"); !ok || c != (Checkout{Cwd: "/a/.", Stamp: "1"}) {
		t.Errorf("got %+v, %v", c, ok)
	}
	if _, ok := whole.Checkout("/b"); ok {
		t.Error("git was asked about /b")
	}
	if got, _ := whole.Detach(myapp, "/a"); len(got.checkouts) != 0 {
		t.Errorf("what git said stays: %+v", got.checkouts)
	}
}

func TestWhatAPersonSaidIsForTheOthersToo(t *testing.T) {
	r, _ := known(myapp).Change(func(d *Draft) {
		d.Attach("name:old", "/moving")
		d.Move("/moving", other)
		d.Alias("name:x", myapp)
		d.Alias("name:y", "name:z")
		d.Alias("name:z", "name:y") // the last word counts
	})
	got := fmt.Sprint(r.WithAliases(map[Key]Key{"name:theirs": myapp}).Aliases())
	want := fmt.Sprint(map[Key]Key{"name:old": other, "name:x": myapp, "name:z": "name:y"})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestABrokenFormerKeyOrAliasIsNamed(t *testing.T) {
	for name, text := range map[string]string{
		"former": "{\"version\":1,\"projects\":[\n{\"key\":\"name:x\",\"former\":[\"y\"]}]}",
		"alias":  "{\"version\":1,\"projects\":[],\n\"aliases\":{\"name:x\":\"y\"}}",
	} {
		if r, err := load(t, text); err == nil || !bytes.Contains([]byte(err.Error()), []byte("line 2")) {
			t.Errorf("%s: got %s, %v; want an error of line 2", name, r.Bytes(), err)
		}
	}
}

func TestManyFormerKeysAreLinear(t *testing.T) {
	wantLinear(t, func(n int) {
		r, _ := Registry{}.Change(func(d *Draft) {
			for i := range n {
				cwd := fmt.Sprintf("/p%d", i)
				d.Attach(Key(fmt.Sprintf("name:p%d", i)), cwd)
				d.Move(cwd, Key(fmt.Sprintf("git:https://host/%d.git", i)))
				d.Checked(cwd, Checkout{Stamp: "1"})
			}
		})
		for i := range n {
			if got, want := r.Canonical(Key(fmt.Sprintf("name:p%d//a", i))), Key(fmt.Sprintf("git:https://host/%d.git//a", i)); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		}
	})
}

func FuzzCanonicalEndsAndStays(f *testing.F) {
	f.Add([]byte{0x01, 0x12, 0x20, 0x93}, []byte{1})
	f.Fuzz(func(t *testing.T, edges, folders []byte) {
		key := func(b byte) Key {
			return []Key{"name:a", "name:b", "name:b//s", "name:c//s", "name:c", "name:c//s/t", "name:d", "name:d//s"}[b&7]
		}
		r, _ := Registry{}.Change(func(d *Draft) {
			for _, b := range folders {
				d.Attach(key(b), "/"+string(key(b)))
			}
			for _, b := range edges {
				if b&0x80 == 0 {
					d.Alias(key(b), key(b>>4))
				} else {
					d.Move("/"+string(key(b)), key(b>>4))
				}
			}
		})
		for b := range byte(8) {
			k := key(b)
			got := r.Canonical(k)
			if r.Canonical(got) != got || !r.Same(k, got) {
				t.Errorf("%s becomes %s, and that %s; same: %v", k, got, r.Canonical(got), r.Same(k, got))
			}
		}
	})
}
