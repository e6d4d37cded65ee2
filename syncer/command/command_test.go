package command

import "testing"

// Pictures of the menu, buttons of notes that are still on the screen, and sockets hold these strings.
func TestVerbsKeepTheirStringsAndSayWhatTheyChange(t *testing.T) {
	for _, c := range []struct {
		verb    Verb
		want    string
		changes bool
	}{
		{Pull, "pull", true},
		{Push, "push", true},
		{TakeTheirs, "take-theirs", true},
		{TakeOurs, "take-ours", true},
		{Located, "located", true},
		{Join, "join", true},
		{Forget, "forget", true},
		{KeepLocal, "keep-local", true},
		{UseFolder, "use-folder", true},
		{LookAgain, "look", false},
		{Stop, "stop", false},
		{Locate, "locate", false},
		{ChooseFolder, "choose-folder", false},
		{Resume, "resume", false},
		{OpenFolder, "open-folder", false},
		{Autostart, "autostart", false},
		{Notifications, "notifications", false},
		{CheckHealth, "check-health", false},
		{Quit, "quit", false},
		{"", "", false},
		{"dance", "dance", false},
	} {
		t.Run(c.want, func(t *testing.T) {
			if string(c.verb) != c.want || c.verb.Changes() != c.changes {
				t.Errorf("got %q, changes %v, want %q, %v", c.verb, c.verb.Changes(), c.want, c.changes)
			}
		})
	}
}
