package claude_test

import (
	"fmt"

	"claude-sync/syncer/claude"
)

func ExampleSlug() {
	fmt.Println(claude.Slug("/home/ana/code/my_app.v2"))
	fmt.Println(claude.Slug(`C:\Users\Ana\my app`))
	// Output:
	// -home-ana-code-my-app-v2
	// C--Users-Ana-my-app
}
