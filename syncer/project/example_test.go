package project_test

import (
	"fmt"

	"claude-sync/syncer/project"
)

func ExampleFromRemote() {
	for _, url := range []string{
		"git@github.com:you/myapp.git",
		"https://you:token@GitHub.com/You/MyApp",
		"ssh://git@git.example.org:2222/you/myapp",
	} {
		key, err := project.FromRemote(url)
		fmt.Println(key, err)
	}
	// Output:
	// git:https://github.com/you/myapp.git <nil>
	// git:https://github.com/you/myapp.git <nil>
	// git:https://git.example.org:2222/you/myapp.git <nil>
}

func ExampleLabels() {
	keys := []project.Key{
		"git:https://github.com/you/myapp.git",
		"git:https://github.com/them/myapp.git",
		"git:https://github.com/you/notes.git//drafts",
	}
	labels := project.Labels(keys)
	for _, key := range keys {
		fmt.Println(labels[key])
	}
	// Output:
	// you/myapp
	// them/myapp
	// notes/drafts
}
