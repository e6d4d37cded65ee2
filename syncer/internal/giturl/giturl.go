// Package giturl reads the URLs of git remotes, in all the forms that git accepts, and writes each repository's URL
// in one canonical form.
//
// The package does not promise that two URLs of one repository always have one form: it knows how URLs are
// written, not what servers do with them. It asks no server. Only Resolve starts a program: ssh, which then says
// what its configuration says.
package giturl

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// URL is the parts of a remote's URL, before host, port and path are made canonical.
type URL struct {
	Proto string // lower case: "ssh" for git@host:path too, "file" for paths
	User  string // only for ssh; never part of the canonical form
	Host  string // without port; IPv6 with brackets; the server of a UNC path
	Port  string
	Path  []string // unescaped, without empty, "." and ".." segments
}

// Canonical returns the canonical form of a URL. Its errors do not repeat passwords.
func Canonical(url string) (string, error) {
	u, err := Parse(url)
	if err == nil {
		var text string
		if text, err = u.Canonical(); err == nil {
			return text, nil
		}
	}
	return "", fmt.Errorf("remote URL %s: %w", Redacted(url), err)
}

// Redacted returns the URL in quotes for a message. It removes from a URL everything that may be a secret: everything before the last "@", the query, and
// the whole URL if a query and a password cannot be told apart.
func Redacted(url string) string {
	if i := strings.LastIndexByte(url, '@'); i >= 0 {
		if strings.ContainsAny(url[:i], "?#") {
			return Quoted("…")
		}
		url = "…" + url[i:]
	}
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i] + "…"
	}
	return Quoted(url)
}

// Parse returns the parts of a URL. The error does not repeat the URL, which may have a password in it.
func Parse(url string) (URL, error) {
	url = dropHelper(strings.TrimSpace(url))
	if url == "" {
		return URL{}, errors.New("is empty")
	}
	if strings.ContainsFunc(url, Hidden) {
		return URL{}, errors.New("has control or direction characters")
	}
	proto, rest, isURL := CutScheme(url)
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

// IsWhole reports whether a URL can be one for every machine as it is: it has a full host name or an address; or it is an absolute path. Other URLs may be shorthands that only this machine's settings complete.
func IsWhole(url string) bool {
	u, err := Parse(url)
	if err != nil || u.Proto == "file" && IsDrive(url) && !isAbsolute(url[2:]) { // "w:app" may be a shorthand, too
		return false
	}
	if !reachesHost(u.Proto) {
		return u.Proto == "file"
	}
	host, err := canonicalHost(u.Host)
	if _, notIP := netip.ParseAddr(host); notIP == nil {
		return true
	}
	return err == nil && (strings.HasPrefix(host, "[") || isFullName(host))
}

// PathStart returns where the path of a URL begins, behind scheme and host, and false for a file's path.
func PathStart(url string) (start int, isURL bool) {
	address := dropHelper(url)
	start = len(url) - len(address)
	if scheme, rest, ok := CutScheme(address); ok {
		start = len(url) - len(rest)
		if slash := strings.IndexByte(rest, '/'); slash >= 0 && (reachesHost(scheme) || scheme == "file") {
			start += slash
		}
		return start, true
	}
	if isLocal(address) {
		return start, false
	}
	return start + strings.IndexByte(address, ':') + 1, true
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

// CutScheme splits "scheme://rest" and returns the scheme in lower case. One letter is a drive, not a scheme.
func CutScheme(url string) (scheme, rest string, ok bool) {
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

func parseHostURL(proto, rest string) (URL, error) {
	rest = dropQuery(rest)
	authority, path, _ := strings.Cut(rest, "/")
	u := URL{Proto: proto}
	// The last "@" ends the user's part, as in curl: a password may contain one.
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.User, _, _ = strings.Cut(authority[:i], ":")
		authority = authority[i+1:]
	}
	u.Path = segments(path, Unescape)
	var err error
	u.Host, u.Port, err = cutPort(authority)
	return u, err
}

// parseOtherURL parses a URL that only its remote helper understands ("codecommit://repo"). It may have no host.
func parseOtherURL(proto, rest string) (URL, error) {
	authority, path, more := strings.Cut(dropQuery(rest), "/")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if more {
		authority += "/"
	}
	return URL{Proto: proto, Path: segments(authority+path, Unescape)}, nil
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
func parseSCP(url string) (URL, error) {
	u := URL{Proto: "ssh"}
	before, _, _ := strings.Cut(url, ":")
	if at := strings.LastIndexByte(before, '@'); at >= 0 {
		u.User, url = url[:at], url[at+1:]
	}
	// The first colon separates, except in brackets (git's connect.c, parse_connect_url).
	host, path, ok := strings.Cut(url, ":")
	if strings.HasPrefix(url, "[") { // [::1]:path and [host:port]:path
		host, path, ok = strings.Cut(url, "]:")
		host += "]"
	}
	if !ok || lostItsScheme(path) {
		return URL{}, errors.New("has no host")
	}
	u.Path = segments(path, func(s string) string { return s })
	u.Host = host
	if inner := strings.Trim(host, "[]"); inner != host && strings.Count(inner, ":") <= 1 {
		u.Host, u.Port, _ = strings.Cut(inner, ":")
	}
	return u, nil
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
