package project

import (
	"errors"
	"fmt"
	"strings"
)

// remote is the parts of a remote's URL, before host, port and path are made canonical.
type remote struct {
	proto string // lower case: "ssh" for git@host:path too, "file" for paths
	user  string // only for ssh; never part of a key
	host  string // without port; IPv6 with brackets; the server of a UNC path
	port  string
	path  []string // unescaped, without empty, "." and ".." segments
}

// FromRemote returns the key of the repository behind a remote's URL, in any form that git accepts. URLs have
// the same key if they differ only in protocol, user, password, default port, ".git", slashes, or the case of
// the host (on GitHub, GitLab, Bitbucket and Codeberg also of the path). FromRemote of the URL in a key
// returns that key. Neither key nor error ever contains a user name or password. A relative path is an error:
// it names another repository in every folder.
func FromRemote(url string) (Key, error) {
	r, err := parseRemote(url)
	if err != nil {
		return "", fmt.Errorf("remote URL %s: %w", redacted(url), err)
	}
	k, err := r.key()
	if err != nil {
		return "", fmt.Errorf("remote URL %s: %w", redacted(url), err)
	}
	return k, nil
}

// redacted removes from a URL everything that may be a secret: everything before the last "@", the query, and
// the whole URL if a query and a password cannot be told apart.
func redacted(url string) string {
	if i := strings.LastIndexByte(url, '@'); i >= 0 {
		if strings.ContainsAny(url[:i], "?#") {
			return quoted("…")
		}
		url = "…" + url[i:]
	}
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i] + "…"
	}
	return quoted(url)
}

func parseRemote(url string) (remote, error) {
	url = dropHelper(strings.TrimSpace(url))
	if url == "" {
		return remote{}, errors.New("is empty")
	}
	if strings.ContainsFunc(url, hidden) {
		return remote{}, errors.New("has control or direction characters")
	}
	proto, rest, isURL := cutScheme(url)
	switch {
	case !isURL && isLocal(url):
		return parsePath(url, func(s string) string { return s })
	case !isURL:
		return parseSCP(url)
	case proto == "file":
		return parseFileURL(rest)
	case reachesHost(proto):
		return parseHostURL(proto, rest)
	}
	return parseOtherURL(proto, rest)
}

// dropHelper removes a prefix "name::", which makes git use the program git-remote-name for the rest
// (gitremote-helpers(7)).
func dropHelper(url string) string {
	for {
		name, address, ok := strings.Cut(url, "::")
		if !ok || len(name) < 2 || strings.ContainsFunc(name, func(r rune) bool { return !isSchemeRune(r) }) {
			return url
		}
		url = address
	}
}

// cutScheme splits "scheme://rest" and returns the scheme in lower case. One letter is a drive, not a scheme.
func cutScheme(url string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(url, "://")
	if !ok || len(scheme) < 2 || strings.ContainsFunc(scheme, func(r rune) bool { return !isSchemeRune(r) }) {
		return "", url, false
	}
	return strings.ToLower(scheme), rest, true
}

func isSchemeRune(r rune) bool {
	return isASCIILetter(r) || '0' <= r && r <= '9' || r == '+' || r == '-' || r == '.'
}

// reachesHost reports whether a protocol is just one of several ways to a repository on a host.
func reachesHost(proto string) bool {
	switch proto {
	case "https", "http", "git", "ftp", "ftps", "git+https", "git+http":
		return true
	}
	return isSSH(proto)
}

func isSSH(proto string) bool { return proto == "ssh" || proto == "git+ssh" || proto == "ssh+git" }

func parseHostURL(proto, rest string) (remote, error) {
	rest = dropQuery(rest)
	authority, path, _ := strings.Cut(rest, "/")
	r := remote{proto: proto}
	// The last "@" ends the user's part, as in curl: a password may contain one.
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		r.user, _, _ = strings.Cut(authority[:i], ":")
		authority = authority[i+1:]
	}
	r.path = segments(path, unescape)
	var err error
	r.host, r.port, err = cutPort(authority)
	return r, err
}

// parseOtherURL parses a URL that only its remote helper understands ("codecommit://repo"). It may have no host.
func parseOtherURL(proto, rest string) (remote, error) {
	authority, path, more := strings.Cut(dropQuery(rest), "/")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if more {
		authority += "/"
	}
	return remote{proto: proto, path: segments(authority+path, unescape)}, nil
}

// dropQuery removes query and fragment. No git server needs them, and they may contain a token
// ("?private_token=").
func dropQuery(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return s[:i]
	}
	return s
}

// cutPort splits host and port. The colons of an IPv6 address in brackets do not count.
func cutPort(authority string) (host, port string, err error) {
	end := strings.LastIndexByte(authority, ']')
	if i := strings.LastIndexByte(authority, ':'); i > end {
		return authority[:i], authority[i+1:], nil
	}
	return authority, "", nil
}

// parseSCP parses ssh's short form, [user@]host:path. It has no percent-encoding and no query.
func parseSCP(url string) (remote, error) {
	r := remote{proto: "ssh"}
	before, _, _ := strings.Cut(url, ":")
	if at := strings.LastIndexByte(before, '@'); at >= 0 {
		r.user, url = url[:at], url[at+1:]
	}
	// The first colon separates, except in brackets (git's connect.c, parse_connect_url).
	host, path, ok := strings.Cut(url, ":")
	if strings.HasPrefix(url, "[") { // [::1]:path and [host:port]:path
		host, path, ok = strings.Cut(url, "]:")
		host += "]"
	}
	if !ok || lostItsScheme(path) {
		return remote{}, errors.New("has no host")
	}
	r.path = segments(path, func(s string) string { return s })
	r.host = host
	if inner := strings.Trim(host, "[]"); inner != host && strings.Count(inner, ":") <= 1 {
		r.host, r.port, _ = strings.Cut(inner, ":")
	}
	return r, nil
}

// lostItsScheme reports whether the path of "name:path" looks like "secret@host/path". git reads it as a path on
// the host "name", but it is a URL typed without https://, and the secret must not get into a key.
func lostItsScheme(path string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.Contains(first, "@")
}

// segments splits a path, decodes each segment (so that "%2F" does not split), and resolves dot segments as
// curl does.
func segments(path string, decode func(string) string) []string {
	var out []string
	for s := range strings.SplitSeq(path, "/") {
		switch s = decode(s); s {
		case "", ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, s)
		}
	}
	return out
}
