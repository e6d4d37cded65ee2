package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes path completely or not at all: a desktop that reads the folder meanwhile, or a computer that dies,
// has the old entry or the new one. The temporary name ends in neither .desktop nor .plist, so a left-over file starts
// nothing.
func replaceFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making autostart folder: %v", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("writing %#q: %v", path, err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	// launchd refuses files that other users may write. A session manager may run as another user and must read it.
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("writing %#q: %v", path, errors.Join(err, os.Remove(f.Name())))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("replacing %#q: %v", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// removeFile removes the file at path, if there is one.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing autostart entry: %v", err)
	}
	return nil
}

// readStatus reads the entry at path. Without a file it is Off.
func readStatus(path string, parse func([]byte) (Status, error)) (Status, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Status{}, nil
	}
	if err != nil {
		return Status{}, fmt.Errorf("reading autostart entry: %v", err)
	}
	status, err := parse(text)
	if err != nil {
		return Status{}, fmt.Errorf("reading autostart entry %#q: %v", path, err)
	}
	return status, nil
}
