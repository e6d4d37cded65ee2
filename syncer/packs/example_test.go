package packs_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/transcript"
)

// A pack as a file: one machine writes it, any other reads the transcript in it.
func Example() {
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "hello.ccsync")
	text := `{"type":"user","uuid":"1","message":{"role":"user","content":"Hello"}}` + "\n"
	h := ccsync.Header{SessionID: "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab", ProjectKey: "name:notes", OriginalCwd: "/home/you/notes", MachineName: "desktop", ExportedAt: 1715380000000}
	if err := packs.WriteFile(path, h, transcript.Local{ReaderAt: strings.NewReader(text), Size: int64(len(text))}, io.Discard); err != nil {
		fmt.Println(err)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	set, err := packs.OpenFile(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	pack, err := set.Open(context.Background(), f.Name())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pack.Close()
	rows, err := io.ReadAll(pack.Open())
	fmt.Println(pack.Header.MachineName, pack.Header.LineCount, string(rows) == text, err)
	// Output: desktop 1 true <nil>
}
