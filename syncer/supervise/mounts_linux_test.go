package supervise

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatMayNotAnswer(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nas", "nas two", "stick", "auto", "over"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"Sync": dir + "/nas/sync", "near": "nas", "twice": "near/a", "loop": "loop", "home": "stick"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	m := parseMounts("22 1 0:1 / / rw - 9p root rw\n" +
		"36 22 0:2 / " + dir + "/nas rw,noatime shared:1 - fuse.sshfs me@server: rw\n" +
		"37 22 0:3 / " + dir + `/nas\040two rw - nfs4 server:/export rw` + "\n" +
		"38 22 8:1 / " + dir + "/stick rw shared:2 master:1 - vfat /dev/sdb1 rw\n" +
		"39 22 0:4 / " + dir + "/auto rw - autofs systemd-1 rw\n" +
		"40 22 0:5 / " + dir + "/over rw - cifs //server/share rw\n" +
		"41 40 8:2 / " + dir + "/over rw - ext4 /dev/sdc1 rw\n" +
		"torn line\n")
	for path, want := range map[string]bool{
		"nas": true, "nas/a/b": true, "nas two/x": true, "auto/x": true, "Sync": true, "near": true, "twice/b": true,
		"stick": false, "stick/x": false, "home/x": false, "over": false, "nasty": false, "missing/x": false, "loop/x": false, "": false,
	} {
		if got := m.unsteady(filepath.Join(dir, path)); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if m.unsteady("") || m.unsteady("relative/nas") {
		t.Error("what is no absolute path leads nowhere")
	}
}

func TestThisSystemsMountsAreRead(t *testing.T) {
	if m := readMounts(); m["/"] == "" || m["/proc"] != "proc" {
		t.Errorf("got %v", m)
	}
}
