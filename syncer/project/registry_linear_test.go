package project

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
)

// manyProjects returns the file of a registry of n projects with two folders each.
func manyProjects(tb testing.TB, n int) []byte {
	tb.Helper()
	file := registryFile{Version: registryVersion}
	for i := range n {
		file.Projects = append(file.Projects, registryItem{Key: fmt.Sprintf("git:https://github.com/you/project-%d.git", i),
			Cwds: []string{fmt.Sprintf("/home/you/work/project-%d", i), fmt.Sprintf("/home/you/trees/project-%d", i)}})
	}
	return encode(tb, file)
}

func encode(tb testing.TB, file registryFile) []byte {
	tb.Helper()
	data, err := json.Marshal(file)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// wantLinear checks that eight times the work allocates about eight times the memory. More memory means that
// something copies all projects for each project.
func wantLinear(t *testing.T, work func(n int)) {
	t.Helper()
	spent := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		work(n)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	spent(250) // what is allocated once
	few, many := spent(250), spent(2000)
	if many > 12*few {
		t.Errorf("2000 take %d bytes, and 250 take %d", many, few)
	}
}

func TestLoadingIsLinear(t *testing.T) {
	files := map[int][]byte{250: manyProjects(t, 250), 2000: manyProjects(t, 2000)}
	wantLinear(t, func(n int) {
		if r, err := parseRegistry(files[n]); err != nil || len(r.Keys()) != n {
			t.Fatalf("got %d projects, %v; want %d", len(r.Keys()), err, n)
		}
	})
}

func TestLoadingManyWorkTreesIsLinear(t *testing.T) {
	files := map[int][]byte{}
	for _, n := range []int{250, 2000} {
		item := registryItem{Key: "name:one"}
		for i := range n {
			item.Cwds = append(item.Cwds, fmt.Sprintf("/home/you/trees/%d", i))
		}
		files[n] = encode(t, registryFile{Version: registryVersion, Projects: []registryItem{item}})
	}
	wantLinear(t, func(n int) {
		if r, err := parseRegistry(files[n]); err != nil || len(r.Cwds("name:one")) != n {
			t.Fatalf("got %d folders, %v; want %d", len(r.Cwds("name:one")), err, n)
		}
	})
}

func TestManyChangesAreLinear(t *testing.T) {
	wantLinear(t, func(n int) {
		r, changed := Registry{}.Change(func(d *Draft) {
			for i := range n {
				d.Register(Key(fmt.Sprintf("name:p%d", i)), fmt.Sprintf("/p%d", i), at(int64(i)))
				d.Attach(Key(fmt.Sprintf("name:p%d", i)), fmt.Sprintf("/q%d", i))
			}
		})
		if !changed || len(r.Keys()) != n {
			t.Fatalf("got %d projects, want %d", len(r.Keys()), n)
		}
	})
}

// The test counts comparisons by allocations: comparing a path that is not clean allocates.
func TestAFolderIsFoundWithoutComparingItWithAllOthers(t *testing.T) {
	r, _ := Registry{}.Change(func(d *Draft) {
		for i := range 1000 {
			d.Attach(Key(fmt.Sprintf("name:p%d", i)), fmt.Sprintf("/x/../p%d", i))
		}
	})
	if allocated := testing.AllocsPerRun(10, func() { r.KeyOf("/y/../p7") }); allocated > 5 {
		t.Errorf("looking up one of 1000 folders allocates %v times", allocated)
	}
	if key, ok := r.KeyOf("/y/../p7"); !ok || key != "name:p7" {
		t.Errorf("got %q, %v; want name:p7", key, ok)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{500, 1000, 2000, 4000} {
		data := manyProjects(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parseRegistry(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
