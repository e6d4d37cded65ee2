package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/words"
)

const (
	titleWidth = 60
	nameWidth  = 40
)

// and names one or two machines, and counts more.
func and(machines []string) string { return words.Machines(machines, nameWidth) }

// titled is a session's title in quotes.
func titled(s syncer.Session) string {
	if words.Plain(s.Title) == "" {
		return "session " + s.ID.Short()
	}
	return "'" + words.Short(s.Title, nameWidth) + "'"
}

// listed names the first three and counts the others.
func listed(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// fit bounds a key or a fingerprint. A long one keeps its beginning and gets a hash.
func fit(s string) string {
	if len(s) <= maxKey && s == strings.ToValidUTF8(s, "") {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(s[:min(len(s), maxKey/2)], "") + " " + hex.EncodeToString(sum[:8])
}

// hash is a short fingerprint of s.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}
