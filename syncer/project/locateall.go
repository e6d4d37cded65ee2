package project

import "context"

// Located is the result for one folder of LocateAll.
type Located struct {
	Place Place
	Err   error
}

// LocateAll locates.
func LocateAll(ctx context.Context, cwds []string) []Located {
	all := make([]Located, len(cwds))
	for i, c := range cwds {
		all[i].Place, all[i].Err = Locate(ctx, c)
	}
	return all
}
