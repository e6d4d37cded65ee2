package main

import "testing"

func TestVersions(t *testing.T) {
	const commit = "6c28a72a295d0000000000000000000000000000"
	for _, c := range []struct {
		name, described string
		changed         bool
		version, pkg    string
		numbers         [4]uint16
	}{
		{"at a tag", "v1.2.3-0-g6c28a72", false, "1.2.3", "1.2.3", [4]uint16{1, 2, 3, 0}},
		{"at a tag, changed", "v1.2.3-0-g6c28a72", true, "1.2.3+dirty", "1.2.3+dirty", [4]uint16{1, 2, 3, 0}},
		{"after a tag", "v1.2.3-17-g6c28a72a2", false, "1.2.3+17.g6c28a72", "1.2.3+17.g6c28a72", [4]uint16{1, 2, 3, 17}},
		{"before one", "v1.2.3-rc.1-0-g6c28a72", false, "1.2.3-rc.1", "1.2.3~rc.1", [4]uint16{1, 2, 3, 1}},
		{"without any", "v0.0.0-31-g", true, "0.0.0+31.g6c28a72.dirty", "0.0.0+31.g6c28a72.dirty", [4]uint16{0, 0, 0, 31}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := release{version: versionOf(c.described, commit, c.changed), commit: commit}
			if r.version != c.version || r.packageVersion() != c.pkg || r.numbers() != c.numbers {
				t.Errorf("got %s, %s and %v", r.version, r.packageVersion(), r.numbers())
			}
		})
	}
}
