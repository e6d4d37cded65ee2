package stamp

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func of(t *testing.T, path string) Stamp {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return Of(info)
}

func TestStampShowsWhatWasDoneToAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour)
	age := func() {
		t.Helper()
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	age()
	first := of(t, path)
	if again := of(t, path); again != first || again.Tag() != first.Tag() {
		t.Fatal("the stamp changed, the file did not")
	}
	write("four")
	age()
	if longer := of(t, path); longer.Tag() == first.Tag() {
		t.Error("another size does not show")
	}
	write("two")
	if later := of(t, path); later.Modified == first.Modified || later.Tag() == first.Tag() {
		t.Error("another time does not show")
	}
}

// A sync tool may replace a file and give the new one the old one's time.
func TestStampShowsAReplacedFileOfTheSameSizeAndTime(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("this system reports only size and time")
	}
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour)
	var stamps []Stamp
	for _, text := range []string{"one", "two"} {
		for _, err := range []error{os.WriteFile(filepath.Join(dir, "new"), []byte(text), 0o600),
			os.Chtimes(filepath.Join(dir, "new"), old, old), os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "a"))} {
			if err != nil {
				t.Fatal(err)
			}
		}
		stamps = append(stamps, of(t, filepath.Join(dir, "a")))
	}
	if stamps[0].Size != stamps[1].Size || stamps[0].Modified != stamps[1].Modified || stamps[0].Tag() == stamps[1].Tag() {
		t.Errorf("got %+v", stamps)
	}
}

func TestWrittenIsTheLaterTime(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) int64 { return now.Add(d).UnixNano() }
	for name, c := range map[string]struct {
		s    Stamp
		want time.Duration
	}{
		"nothing else is known":       {Stamp{Modified: at(-time.Minute)}, -time.Minute},
		"a clock that is ahead":       {Stamp{Modified: at(time.Hour)}, time.Hour},
		"given an old time just now":  {Stamp{Modified: at(-time.Hour), Changed: at(-time.Second)}, -time.Second},
		"changed before it was dated": {Stamp{Modified: at(-time.Second), Changed: at(-time.Minute)}, -time.Second},
	} {
		if got := c.s.Written().Sub(now); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
