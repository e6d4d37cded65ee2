package tray

import (
	"context"
	"sync"

	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport/hang"
)

// hung is work that was left behind because its sync folder does not answer.
type hung struct {
	mu   sync.Mutex // guards all below
	dir  string
	err  error
	ends <-chan struct{} // nil if there is none
}

// still returns why the folder does not answer, nil if it may.
func (h *hung) still(dir string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ends == nil || h.dir != dir {
		return nil
	}
	select {
	case <-h.ends:
		return nil
	default:
		return h.err
	}
}

func (h *hung) set(dir string, ends <-chan struct{}, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dir, h.ends, h.err = dir, ends, err
}

// watched calls do with paths whose calls to the sync folder dir are watched. It returns an error without waiting for do
// if the folder does not answer. While that work still waits in the kernel, watched calls nothing more for this folder:
// a tray that is looked at for a week would have thousands of waiting threads.
func (e *library) watched(ctx context.Context, dir string, do func(context.Context, engine.Paths)) error {
	if err := e.hung.still(dir); err != nil {
		return err
	}
	p := e.paths
	p.Watch = &hang.Watch{}
	ends, err := p.Watch.Run(ctx, func(ctx context.Context) { do(ctx, p) })
	if err != nil {
		e.hung.set(dir, ends, err)
	}
	return err
}
