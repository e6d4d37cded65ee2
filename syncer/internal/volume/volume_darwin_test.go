package volume

import "testing"

func TestKnownFileSystems(t *testing.T) {
	renumbers := Volume{Renumbers: true}
	for name, want := range map[string]Volume{"msdos": fat(), "exfat": renumbers, "macfuse": renumbers, "smbfs": renumbers, "apfs": {}, "nfs": {}} {
		if got := known(name); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}
