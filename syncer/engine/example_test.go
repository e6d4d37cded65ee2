package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport"
)

// Two machines on one disk: what desktop pushes, laptop pulls. A program that runs on the user's own
// machine begins with engine.Open(engine.DefaultPaths()) instead.
func Example() {
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	folder := transport.NewFolder(filepath.Join(dir, "Sync"))
	if err := folder.Prepare(); err != nil {
		fmt.Println(err)
		return
	}
	machine := func(name string) (*engine.Machine, string) {
		home := filepath.Join(dir, name)
		notes := filepath.Join(home, "notes") // a folder without a remote is known by its name
		os.MkdirAll(notes, 0o755)
		m := engine.New(engine.Options{Name: name, Store: claude.Store{Dir: filepath.Join(home, ".claude")}, Transport: folder,
			Registry: filepath.Join(home, "projects.json"), Installed: filepath.Join(home, "seen.json"), LockFile: filepath.Join(home, "lock")})
		if _, _, err := m.Register(context.Background(), notes); err != nil {
			fmt.Println(err)
		}
		return m, notes
	}
	desktop, notes := machine("desktop")
	path, err := desktop.Store.TranscriptPath(notes, ccsync.SessionID("3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab"))
	if err != nil {
		fmt.Println(err)
		return
	}
	os.MkdirAll(filepath.Dir(path), 0o755)
	os.WriteFile(path, []byte(`{"type":"user","uuid":"1","message":{"role":"user","content":"Hello"}}`+"\n"), 0o600)

	if _, err := desktop.Push(context.Background(), syncer.Scope{}); err != nil {
		fmt.Println(err, syncer.Hint(err))
	}
	laptop, _ := machine("laptop")
	events, err := laptop.Pull(context.Background(), syncer.Scope{})
	if err != nil {
		fmt.Println(err, syncer.Hint(err))
	}
	for _, e := range events {
		fmt.Println(e.Label, e.Title, "from", e.From[0], e.Kind == syncer.Installed)
	}
	// Output: notes Hello from desktop true
}
