package project

import (
	"errors"
	"fmt"
	"strings"
)

// remote is a remote's URL taken apart, before hosts, ports and names are made canonical.
type remote struct {
	proto string // lower case: "ssh" for git@host:path too, "file" for paths
	user  string // only ever told to ssh; never part of a key
	host  string // without port; with brackets when it is IPv6; a UNC path's server
	port  string
	path  []string // unescaped, without empty, "." and ".." segments
}

// FromRemote returns the key of the repository behind a remote's URL, in any of the forms git takes:
// all URLs of one repository that differ only in protocol, user, password, default port, letter case of
// the host (and of the path on GitHub, GitLab, Bitbucket and Codeberg), ".git" or slashes have one key.
// FromRemote of the URL in a key returns that key. No user name or password is ever in the key or in the
// error. A relative path is an error: it names another repository in every folder.
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

// redacted keeps of a URL only what cannot be a secret: nothing before the last "@", no query, and nothing
// at all where a query and a password cannot be told apart.
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

// dropHelper cuts "name::" off, by which git is told to use the program git-remote-name for the
// address behind it (gitremote-helpers(7)).
func dropHelper(url string) string {
	for {
		name, address, ok := strings.Cut(url, "::")
		if !ok || len(name) < 2 || strings.ContainsFunc(name, func(r rune) bool { return !isSchemeRune(r) }) {
			return url
		}
		url = address
	}
}

// cutScheme divides "scheme://rest"; the scheme comes back in lower case. One letter is a drive.
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

// reachesHost tells the protocols that are only different ways to the same repository on a host.
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
	// The last "@" ends the user's part, as curl reads it: a password may have one of its own.
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		r.user, _, _ = strings.Cut(authority[:i], ":")
		authority = authority[i+1:]
	}
	r.path = segments(path, unescape)
	var err error
	r.host, r.port, err = cutPort(authority)
	return r, err
}

// parseOtherURL takes a URL of which only its remote helper knows the meaning ("codecommit://repo"):
// there may be no host in it.
func parseOtherURL(proto, rest string) (remote, error) {
	authority, path, more := strings.Cut(dropQuery(rest), "/")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if more {
		authority += "/"
	}
	return remote{proto: proto, path: segments(authority+path, unescape)}, nil
}

// dropQuery cuts what no server of git needs, and what some put a token in ("?private_token=").
func dropQuery(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		return s[:i]
	}
	return s
}

// cutPort leaves an IPv6 address in its brackets alone.
func cutPort(authority string) (host, port string, err error) {
	end := strings.LastIndexByte(authority, ']')
	if i := strings.LastIndexByte(authority, ':'); i > end {
		return authority[:i], authority[i+1:], nil
	}
	return authority, "", nil
}

// parseSCP takes ssh's short form, [user@]host:path. What is in it stands for itself: there is neither
// percent-encoding nor a query.
func parseSCP(url string) (remote, error) {
	r := remote{proto: "ssh"}
	before, _, _ := strings.Cut(url, ":")
	if at := strings.LastIndexByte(before, '@'); at >= 0 {
		r.user, url = url[:at], url[at+1:]
	}
	// The first colon divides, as git has it (connect.c, parse_connect_url); in brackets it does not.
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

// lostItsScheme tells what follows the colon of "name:secret@host/path". git would take that for a path
// on the host "name"; it is a URL typed without https://, and its secret must not become a path.
func lostItsScheme(path string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.Contains(first, "@")
}

// segments divides a path, undoes its encoding segment by segment (so that "%2F" stays in its segment),
// and resolves dot segments as curl does.
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
