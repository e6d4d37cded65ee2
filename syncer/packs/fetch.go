package packs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"claude-sync/syncer/transport"
)

// ErrNoContent says that a file has still no content of its own after it was read.
var ErrNoContent = errors.New("its content did not come")

// FetchError says that the content of a pack, which a sync tool keeps in the cloud only, did not come.
type FetchError struct {
	Err error // what came in its place
}

// Error says that it is not there, and why.
func (e *FetchError) Error() string { return fmt.Sprintf("%v: %v", transport.ErrNotDownloaded, e.Err) }

// Unwrap returns transport.ErrNotDownloaded and the reason.
func (e *FetchError) Unwrap() []error { return []error{transport.ErrNotDownloaded, e.Err} }

// Hint says how the content gets here.
func (e *FetchError) Hint() string {
	return "start your sync tool and choose \"Always keep on this device\" for the sync folder, then run claude-sync pull again"
}

// Fetch reads a pack to its end. Of a file whose content is only in the cloud, that has the sync tool bring it. Progress
// is called with the bytes that have come so far.
//
// Errors: *FetchError, above all if nothing came for as long as patience says. The call to the system that waits for it
// cannot be stopped then, and is left behind.
func (s Set) Fetch(ctx context.Context, name string, patience time.Duration, progress func(int64)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make(chan int, 1)
	ended := make(chan error, 1)
	go func() { ended <- s.readAll(ctx, name, parts) }()
	quiet := time.NewTimer(patience)
	defer quiet.Stop()
	for total := int64(0); ; {
		select {
		case n := <-parts:
			total += int64(n)
			quiet.Reset(patience)
			progress(total)
		case err := <-ended:
			switch {
			case errors.Is(err, fs.ErrNotExist): // the name is that of a placeholder only
				return &FetchError{ErrNoContent}
			case err != nil:
				return &FetchError{err}
			}
			return nil
		case <-quiet.C:
			return &FetchError{fmt.Errorf("nothing came for %v", patience)}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// readAll reads a pack and sends the sizes of the parts that came, if somebody takes them.
func (s Set) readAll(ctx context.Context, name string, parts chan<- int) error {
	c, err := s.Transport.Open(ctx, name)
	if err != nil {
		return err
	}
	defer c.Close()
	r := io.NewSectionReader(c, 0, c.Size())
	for buf := make([]byte, 256<<10); ctx.Err() == nil; {
		n, err := r.Read(buf)
		if n > 0 {
			select {
			case parts <- n:
			case <-ctx.Done():
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
