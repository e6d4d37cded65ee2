//go:build unix

package provider_test

import (
	"syscall"
	"testing"

	"claude-sync/syncer/transport/provider"
)

func TestAPipeInPlaceOfSettingsDoesNotBlock(t *testing.T) {
	u := newUser(t)
	u.mkdir(t, ".dropbox")
	if err := syscall.Mkfifo(u.path(".dropbox/info.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := provider.Candidates(u.home, u.getenv); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
