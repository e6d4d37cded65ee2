package claude_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
)

func ExampleSlug() {
	fmt.Println(claude.Slug("/home/ana/code/my_app.v2"))
	fmt.Println(claude.Slug(`C:\Users\Ana\my app`))
	// Output:
	// -home-ana-code-my-app-v2
	// C--Users-Ana-my-app
}

// A session is read and replaced through its open file: what Claude Code does meanwhile is noticed.
func ExampleStore_Replace() {
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, cwd := claude.Store{Dir: filepath.Join(dir, ".claude")}, filepath.Join(dir, "notes")
	_ = errors.Join(os.Mkdir(cwd, 0o755), os.MkdirAll(filepath.Join(store.Dir, "sessions"), 0o700))
	write := func(text string) error {
		path, err := store.TranscriptPath(cwd, ccsync.SessionID("3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab"))
		if err != nil {
			return err
		}
		f, err := claude.OpenOrNew(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = store.Replace(f, time.Now(), func(w io.Writer) error {
			_, err := io.Copy(w, io.MultiReader(f.All().Open(), strings.NewReader(text)))
			return err
		})
		return err
	}
	err = errors.Join(write(`{"uuid":"1"}`+"\n"), write(`{"uuid":"2"}`+"\n"))
	found, listed := store.Transcripts(cwd)
	fmt.Println(len(found), found[0].Size, err, listed)
	// Output: 1 26 <nil> <nil>
}
