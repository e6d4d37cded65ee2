package claude

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"claude-sync/syncer/transcript"
)

func TestDescribeReadsTheFileAndNamesItWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.jsonl")
	write(t, path, `{"type":"user","cwd":"/home/ana/app","entrypoint":"cli"}`+"\n"+`{"type":"custom-title","customTitle":"my title"}`+"\n")
	want := transcript.Description{Title: "my title", Cwd: "/home/ana/app", LastCwd: "/home/ana/app", Entrypoint: "cli"}
	if got, err := Describe(path); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := Describe(path + "x"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "x.jsonlx") {
		t.Errorf("missing: got %v", err)
	}
	if _, err := Describe(dir); err == nil {
		t.Error("a folder: got no error")
	}
}
