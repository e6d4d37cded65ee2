package engine

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
)

// repeated is a text that is as long as need be.
type repeated struct {
	text string
	at   int
}

// Read implements io.Reader; it never ends.
func (r *repeated) Read(b []byte) (int, error) {
	for n := 0; n < len(b); {
		m := copy(b[n:], r.text[r.at:])
		n, r.at = n+m, (r.at+m)%len(r.text)
	}
	return len(b), nil
}

// A pack of any size is refused, or kept for later, without being held in memory: there is nothing in a
// folder that others write to which could make this program take more than a few megabytes.
func TestHugeHostilePackCostsNoMemory(t *testing.T) {
	const head = `{"_schemaVersion":1,"sessionId":"` + string(sessionA) + `","projectKey":"name:myapp","originalCwd":"/x",` +
		`"machineName":"eve","exportedAt":1,"lineCount":1,`
	const beside = "more than 1048576 bytes beside the transcript"
	for name, c := range map[string]struct {
		start, filler, end, want string
		whole                    bool
	}{
		// refused after the first megabyte
		"unknown member":           {`{"x":"`, "a", `"}`, beside, false},
		"unknown member, unclosed": {`{"x":"`, "a", "", beside, false},
		"member name":              {`{"`, "n", `":1}`, beside, false},
		"machine name":             {`{"machineName":"`, "m", `"}`, beside, false},
		"session id":               {`{"sessionId":"`, "a", `"}`, beside, false},
		"project key of escapes":   {`{"projectKey":"`, `\u0041`, `"}`, beside, false},
		"version":                  {`{"_schemaVersion":`, "1", `}`, "made by a newer claude-sync: schema 1111", false},
		"numbers":                  {`{"x":[`, "1,", `1]}`, beside, false},
		"empty objects":            {`{"x":[`, "{},", `1]}`, beside, false},
		"members":                  {`{`, `"x":1,`, `"y":1}`, beside, false},
		"objects":                  {`{"x":`, `{"twenty-one-characters":`, "", beside, false},
		"white space":              {``, " \n", `{}`, beside, false},
		"member behind":            {head + `"jsonl":"{}\n","x":"`, "a", `"}`, "bytes follow the transcript", false},
		"garbage behind":           {head + `"jsonl":"{}\n"}`, "a", "", "bytes follow the transcript", false},
		"transcript of nothing":    {head + `"jsonl":`, " ", "", `"jsonl" is not a string`, false},
		// read to their end
		"transcript, unclosed": {head + `"jsonl":"`, "a", "", "ends in the middle", true},
		"header behind":        {`{"jsonl":"`, "a", `\n"}`, `"_schemaVersion" is missing`, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			w.write(w.machines[0], sessionA, turn("1"))
			w.push(w.machines[0])
			w.pull(w.machines[1])
			w.putHuge("huge.ccsync", c.start, c.filler, c.end, c.whole)
			w.write(w.machines[0], sessionB, turn("2"))
			w.push(w.machines[0])
			var events []syncer.Event
			grown := heapGrowth(func() { events = w.pull(w.machines[1]) })
			if grown > 16<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			if count(events, syncer.Installed) != 1 || count(events, syncer.Strayed) != 1 || len(events) != 2 {
				t.Fatalf("got %+v", events)
			}
			stray := events[slices.IndexFunc(events, func(e syncer.Event) bool { return e.Kind == syncer.Strayed })]
			if got := stray.Err.Error(); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// putHuge lays a file of 200 MB into the sync folder. Where whole is not set, its first megabytes are as
// told, and a hole stands for what nobody should read: disks are slow, and whoever reads on meets zeros and
// has another reason to give.
func (w *world) putHuge(name, start, filler, end string, whole bool) {
	w.t.Helper()
	const size = 200 << 20
	n := int64(size)
	switch {
	case !whole:
		n = 4 << 20
	case testing.Short():
		n = 24 << 20
	}
	f, err := os.Create(filepath.Join(w.sync(), name))
	w.check(err)
	_, err = io.Copy(f, io.MultiReader(strings.NewReader(start), io.LimitReader(&repeated{text: strings.Repeat(filler, 64<<10)}, n), strings.NewReader(end)))
	w.check(err)
	if !whole {
		w.check(f.Truncate(size))
	}
	w.check(f.Close())
}

// heapGrowth is by how many bytes the heap was ever larger than before while f ran. The collector is made
// to run often, because garbage that waits for it is nobody's need.
func heapGrowth(f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	debug.FreeOSMemory()
	before := heap()
	most, done := make(chan int64), make(chan struct{})
	go func() {
		var peak int64
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			peak = max(peak, heap())
			select {
			case <-done:
				most <- peak
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(done)
	return <-most - before
}

// heap is asked of runtime/metrics, which unlike runtime.ReadMemStats does not stop the world.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		panic(fmt.Sprint("no metric ", sample[0].Name))
	}
	return int64(sample[0].Value.Uint64())
}
