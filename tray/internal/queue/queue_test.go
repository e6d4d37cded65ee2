package queue

import (
	"slices"
	"testing"
	"testing/synctest"
)

func TestEveryValueArrivesInOrderAndNoneAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		free := make(chan struct{})
		q := New(func(n int) {
			<-free
			got = append(got, n)
		})
		for n := range 4 { // the receiver is busy with the first
			q.Put(n)
		}
		q.Close()
		q.Put(4)
		q.Close()
		close(free)
		synctest.Wait()
		if want := []int{0, 1, 2, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestANilQueueTakesNothing(t *testing.T) {
	var q *Queue[int]
	q.Put(1)
	q.Close()
}
