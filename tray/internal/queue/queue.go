// Package queue hands values to a slow receiver.
//
// It does not promise to bound its memory: it is for events that are few.
package queue

import "sync"

// Queue calls one receiver with each value, in order, in a goroutine of its own. A nil Queue takes nothing.
type Queue[T any] struct {
	mu     sync.Mutex // guards values and closed
	values []T
	closed bool
	more   chan struct{}
}

// New starts a queue. Close ends it.
func New[T any](receive func(T)) *Queue[T] {
	q := &Queue[T]{more: make(chan struct{}, 1)}
	go func() {
		for range q.more {
			for v, ok := q.take(); ok; v, ok = q.take() {
				receive(v)
			}
		}
	}()
	return q
}

// Put appends a value and never waits. After Close it does nothing.
func (q *Queue[T]) Put(v T) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.values = append(q.values, v)
	select {
	case q.more <- struct{}{}:
	default: // the receiver has not yet taken the last signal
	}
}

func (q *Queue[T]) take() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.values) == 0 {
		return v, false
	}
	v = q.values[0]
	q.values = q.values[1:]
	return v, true
}

// Close ends the receiver after the values that were put before. It does not wait for that.
func (q *Queue[T]) Close() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.more)
	}
}
