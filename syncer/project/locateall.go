package project

import (
	"context"
	"sync"
)

// atOnce is how many folders LocateAll asks git about at a time. On Windows, starting a process is mostly
// waiting.
const atOnce = 8

// Located is the result of Locate for one folder.
type Located struct {
	Place
	Err error
}

// LocateAll is Locate for many folders, several at a time. The results are in the order of cwds.
func LocateAll(ctx context.Context, cwds []string) []Located {
	all := make([]Located, len(cwds))
	free := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, cwd := range cwds {
		free <- struct{}{}
		wait.Go(func() {
			all[i].Place, all[i].Err = Locate(ctx, cwd)
			<-free
		})
	}
	wait.Wait()
	return all
}
