package syncer

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"claude-sync/syncer/transport"
)

// single is a transport of one open file, for a pack that came by hand.
type single struct {
	file *os.File
	info fs.FileInfo
}

type openFile struct {
	*os.File
	size int64
}

func (o openFile) Size() int64 { return o.size }

// Close leaves the file open: it belongs to whoever opened it.
func (o openFile) Close() error { return nil }

// Folders implements transport.Transport.
func (s single) Folders(context.Context) ([]string, error) { return []string{""}, nil }

// List implements transport.Transport.
func (s single) List(context.Context, string) ([]transport.File, error) {
	return []transport.File{{Name: s.file.Name(), Size: s.info.Size(), ModTime: s.info.ModTime()}}, nil
}

// Open implements transport.Transport.
func (s single) Open(context.Context, string) (transport.Content, error) {
	return openFile{s.file, s.info.Size()}, nil
}

// Create implements transport.Transport.
func (s single) Create(context.Context, string) (transport.Draft, error) {
	return nil, errors.ErrUnsupported
}

// String implements transport.Transport.
func (s single) String() string { return s.file.Name() }
