package transport_test

import (
	"context"
	"errors"
	"fmt"

	"claude-sync/syncer/transport"
)

// A folder that cannot be seen is never an empty one.
func ExampleFolder() {
	folder := transport.NewFolder("/media/stick/claude-sync")
	_, err := folder.Folders(context.Background())
	var gone *transport.UnavailableError
	fmt.Println(errors.As(err, &gone))
	// Output: true
}
