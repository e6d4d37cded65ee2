package volume

import "testing"

func TestKnownFileSystems(t *testing.T) {
	for name, want := range map[string]Volume{"FAT32": fat(), "FAT": fat(), "exFAT": {LateEntry: true}, "NTFS": {}, "ReFS": {}} {
		if got := known(name); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}
