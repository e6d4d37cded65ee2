package autostart

import "testing"

func switchedOffElsewhere() map[string]func(t *testing.T, root, id string) {
	return map[string]func(t *testing.T, root, id string){
		"disabled":    edit("<key>Label", "<key>Disabled</key><true/><key>Label"),
		"not at load": edit("<true/>", "<false/>"),
	}
}

func TestRootIsTheLaunchAgentsFolder(t *testing.T) {
	if got, want := New("claude-sync", Root("/c", "/h")).path(), "/h/Library/LaunchAgents/claude-sync.plist"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
