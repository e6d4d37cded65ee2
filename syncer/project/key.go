package project

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"claude-sync/syncer/internal/giturl"
	"claude-sync/syncer/words"
)

const (
	gitPrefix  = "git:"
	namePrefix = "name:"
	suffix     = ".git" // ends every canonical URL
	maxKey     = 2048   // bytes; paths are shorter than 4096 on all our systems, and far shorter on git's hosts
	maxStem    = 40
)

// Key identifies a project on every machine: "git:https://host/path.git" or "name:folder", either with
// "//sub/dir" behind it. Make one with FromRemote, ParseKey or Locate: only then is it canonical, free
// of credentials, and comparable with ==.
type Key string

// ParseKey returns the canonical form of a key from a pack or a file. It trusts nothing in s, and returns an
// error if s cannot be a key. It reads the URL behind "git:" as FromRemote does, because the upstream tool
// writes there what git printed.
func ParseKey(s string) (Key, error) {
	if len(s) > maxKey {
		return "", fmt.Errorf("project key of %d bytes is longer than %d", len(s), maxKey)
	}
	if !utf8.ValidString(s) {
		return "", errors.New("project key is not UTF-8")
	}
	if strings.ContainsFunc(s, giturl.Hidden) {
		return "", fmt.Errorf("project key %s has control or direction characters", giturl.Quoted(s))
	}
	base, sub := Key(s).split()
	base, err := canonicalBase(base)
	if err != nil {
		return "", err
	}
	return base.below(sub)
}

// FromRemote returns the key of the repository behind a remote's URL, in any form that git accepts. URLs have
// the same key if they differ only in protocol, user, password, default port, ".git", slashes, or the case of
// the host (on GitHub, GitLab, Bitbucket and Codeberg also of the path). FromRemote of the URL in a key
// returns that key. Neither key nor error ever contains a user name or password. A relative path is an error:
// it names another repository in every folder.
func FromRemote(url string) (Key, error) {
	canonical, err := giturl.Canonical(url)
	if err != nil {
		return "", err
	}
	return bounded(Key(gitPrefix + canonical))
}

// canonicalBase is ParseKey for a base key, without a subdirectory.
func canonicalBase(k Key) (Key, error) {
	if url, ok := strings.CutPrefix(string(k), gitPrefix); ok {
		return FromRemote(url)
	}
	if name, ok := strings.CutPrefix(string(k), namePrefix); ok {
		return fromName(name)
	}
	return "", fmt.Errorf("project key %s has neither the prefix git: nor name: before it", giturl.Quoted(string(k)))
}

// fromName returns the key of a folder without a remote. The name has no slash.
func fromName(name string) (Key, error) {
	// macOS may return a name decomposed that was created composed, and the other way round.
	name = norm.NFC.String(name)
	switch {
	case name == "" || name == "." || name == ".." || strings.Contains(name, "/"):
		return "", fmt.Errorf("%s is not the name of a folder", giturl.Quoted(name))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, giturl.Hidden):
		return "", fmt.Errorf("folder name %s has characters that no other machine could show", giturl.Quoted(name))
	}
	return bounded(Key(namePrefix + name))
}

// below returns the key of the folder sub in the base key k.
func (k Key) below(sub string) (Key, error) {
	if sub == "" {
		return k, nil
	}
	sub = norm.NFC.String(sub)
	if !isPortable(sub) {
		return "", fmt.Errorf("%s is not a relative path that is the same on every machine", giturl.Quoted(sub))
	}
	return bounded(k + "//" + Key(sub))
}

// isPortable reports whether sub is a clean relative path with slashes on every system.
func isPortable(sub string) bool {
	climbs := sub == "." || sub == ".." || strings.HasPrefix(sub, "../")
	return path.Clean(sub) == sub && !path.IsAbs(sub) && !climbs && !giturl.IsDrive(sub) &&
		!strings.Contains(sub, `\`) && utf8.ValidString(sub) && !strings.ContainsFunc(sub, giturl.Hidden)
}

// bounded checks the length of a finished key, because encoding makes a URL up to three times as long. No
// machine may send a key that ParseKey refuses on the others.
func bounded(k Key) (Key, error) {
	if len(k) > maxKey {
		return "", fmt.Errorf("project key of %d bytes is longer than %d", len(k), maxKey)
	}
	return k, nil
}

// ByName reports whether the project has no remote: only its folder's name identifies it.
func (k Key) ByName() bool { return strings.HasPrefix(string(k), namePrefix) }

// Repository returns the key of the repository: k without its subdirectory.
func (k Key) Repository() Key {
	base, _ := k.split()
	return base
}

// Subdir returns the project's path below the repository's root, with slashes; "" at the root.
func (k Key) Subdir() string {
	_, sub := k.split()
	return sub
}

// Name returns what people call the project: the repository's bare name ("myapp"), or that with the
// subdirectory ("myapp/web"). It is for show, cleaned by words.Short: different keys may have the same name.
func (k Key) Name() string { return words.Short(k.fullName(), maxLabel) }

// Address returns where the project is, as people write it: "github.com/acme/app", with "//web" behind it for that
// subdirectory; without a remote, its folder's name. Unlike Name, it is another one for each key with a remote.
func (k Key) Address() string {
	if k.ByName() {
		return k.Name()
	}
	base, sub := k.split()
	address := strings.TrimPrefix(string(base), gitPrefix)
	if host, ok := strings.CutPrefix(address, "https://"); ok {
		address = strings.TrimSuffix(host, suffix)
	}
	if sub != "" {
		address += "//" + sub
	}
	return words.Path(address)
}

// fullName is Name before cleaning, with percent-encoding undone. It is not safe to show.
func (k Key) fullName() string {
	base, sub := k.split()
	if sub == "" {
		return base.bareName()
	}
	return base.bareName() + "/" + sub
}

// bareName is fullName of a base key. FindCheckouts looks for it in a repository's configuration.
func (k Key) bareName() string {
	if name, ok := strings.CutPrefix(string(k), namePrefix); ok {
		return name
	}
	return giturl.Unescape(strings.TrimSuffix(path.Base(string(k)), suffix))
}

// Dir returns the name of the project's folder in the sync folder: a legal name on every system, readable, and
// different for different keys, because it ends in 128 bits of the key's hash.
func (k Key) Dir() string {
	sum := sha256.Sum256([]byte(k))
	hash := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
	return stem(k.Repository().bareName()) + "-" + strings.ToLower(hash)
}

// stem reduces a name to characters that no file system and no sync tool changes: lower-case ASCII letters,
// digits, and single dashes between them. The hash behind it keeps "con" from being a Windows device.
func stem(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		plain := 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
		switch {
		case giturl.Hidden(r), r == utf8.RuneError, b.Len() == maxStem:
		case plain:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "project"
}

// split cuts off the subdirectory. A canonical base has no double slash and ends in ".git", so it ends at the
// first ".git//". A URL in another tool's key may lack ".git"; then the base ends at the first double slash
// behind the host. If ".git" comes later, that double slash is only a slash too many.
func (k Key) split() (base Key, sub string) {
	start, isURL := k.pathStart()
	at := len(k) - len(strings.TrimLeft(string(k[start:]), `/\`))
	rest := string(k[at:])
	end := strings.Index(rest, "//")
	if end < 0 {
		return k, ""
	}
	if !k.ByName() {
		i := strings.Index(rest, suffix+"//")
		switch {
		case i >= 0:
			end = i + len(suffix)
		case !isURL || strings.HasSuffix(rest, suffix) || strings.ContainsAny(rest[:end], "?#"):
			return k, ""
		}
	}
	base, sub = k[:at+end], rest[end+2:]
	if strings.Trim(sub, "/") == "" {
		return base, "" // slashes at the end of a URL mean nothing
	}
	return base, sub
}

// pathStart returns where the path begins, behind scheme and host: double slashes before it separate nothing.
// In a file path, which is no URL, double slashes never separate a subdirectory.
func (k Key) pathStart() (start int, isURL bool) {
	url, isGit := strings.CutPrefix(string(k), gitPrefix)
	if !isGit {
		return min(len(k), len(namePrefix)), false
	}
	start, isURL = giturl.PathStart(url)
	return len(k) - len(url) + start, isURL
}
