package giturl

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// suffix ends every canonical URL.
const suffix = ".git"

// Canonical writes the canonical URL. All protocols that reach a host are written as https, the form people know.
func (u URL) Canonical() (string, error) {
	u, fold := u.ofForge()
	scheme, host := u.Proto, ""
	var err error
	switch {
	case u.Proto == "file":
		host, err = canonicalServer(u.Host)
	case reachesHost(u.Proto):
		scheme = "https"
		host, err = u.address()
	}
	if err != nil {
		return "", err
	}
	path, err := canonicalPath(u.Path, fold)
	if err != nil {
		return "", err
	}
	// Only these two have a host before the path. Other URLs are for their helpers to read.
	if scheme == "https" || scheme == "file" {
		path = "/" + path
	}
	return scheme + "://" + host + path, nil
}

// address returns host and port.
func (u URL) address() (string, error) {
	host, err := canonicalHost(u.Host)
	if err != nil {
		return "", err
	}
	port, err := canonicalPort(u.Proto, u.Port)
	if err != nil {
		return "", err
	}
	if port != "" {
		host += ":" + port
	}
	return host, nil
}

// canonicalPort drops default ports. It drops 22 and 443 for every protocol: a key has https for all of them,
// and the key of a key must be that key.
func canonicalPort(proto, port string) (string, error) {
	if port == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", errors.New("has a port that is not a number from 1 to 65535")
	}
	isHTTP := proto == "http" || proto == "git+http"
	if n == 22 || n == 443 || isHTTP && n == 80 || proto == "git" && n == 9418 {
		return "", nil
	}
	return strconv.FormatUint(n, 10), nil
}

// canonicalHost returns the canonical spelling of a name or address.
func canonicalHost(host string) (string, error) {
	if strings.HasPrefix(host, "[") {
		return canonicalIPv6(host)
	}
	broken := !utf8.ValidString(host) // checked first: lowered replaces invalid bytes by U+FFFD
	// A dot at the end marks the name as complete (RFC 1034, 3.1).
	host = withoutWWW(strings.TrimRight(lowered(host), "."))
	if host == "" {
		return "", errors.New("has no host")
	}
	if broken || strings.ContainsFunc(host, notInHost) {
		return "", errors.New("has characters in its host that no host has")
	}
	return host, nil
}

// withoutWWW drops the label that many sites have for people, if a domain is left.
func withoutWWW(host string) string {
	for {
		rest, ok := strings.CutPrefix(host, "www.")
		if !ok || !strings.Contains(rest, ".") {
			return host
		}
		host = rest
	}
}

// notInHost is stricter than DNS for ASCII and laxer beyond it. A host becomes an argument of ssh and a part
// of a key, and people see its letters, not punycode.
func notInHost(r rune) bool {
	if r >= utf8.RuneSelf {
		return Hidden(r) || unicode.IsSpace(r)
	}
	return !isASCIILetter(r) && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
}

// canonicalIPv6 takes and returns the form with brackets. It keeps a zone: the zone names an interface of this
// machine, but the address without it is another address.
func canonicalIPv6(host string) (string, error) {
	inner := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	addr, err := netip.ParseAddr(strings.Replace(inner, "%25", "%", 1))
	if err != nil || !utf8.ValidString(host) || !addr.Is6() || !strings.HasSuffix(host, "]") ||
		strings.ContainsFunc(addr.Zone(), notInHost) {
		return "", errors.New("has no IPv6 address between its brackets")
	}
	return "[" + strings.Replace(addr.String(), "%", "%25", 1) + "]", nil
}

// canonicalServer returns the canonical spelling of a UNC path's server. "" is this machine.
func canonicalServer(server string) (string, error) {
	broken := !utf8.ValidString(server)
	server = lowered(server)
	switch {
	case server == "" || server == "localhost":
		return "", nil
	case broken || server == "." || server == ".." || server == "?" || strings.ContainsAny(server, ":@/"):
		return "", errors.New("has no host")
	}
	return escape(server), nil
}

// lowered returns a name in lower case and composed (NFC), for names whose case and composition do not matter.
func lowered(s string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
}

// canonicalPath joins a path whose last segment ends in ".git": /repo, /repo.git and /repo/.git are one
// repository to git.
func canonicalPath(segs []string, fold bool) (string, error) {
	out := make([]string, len(segs))
	for i, s := range segs {
		s = norm.NFC.String(s) // first: NFC turns some signs into ASCII letters (U+212A, Kelvin)
		if fold {
			s = lowerASCII(s)
		}
		out[i] = escape(s)
	}
	// After lowering, so that "MyApp.GIT" also ends in ".git".
	for len(out) > 0 && out[len(out)-1] == suffix {
		out = out[:len(out)-1]
	}
	if len(out) == 0 || len(out) == 1 && strings.HasSuffix(out[0], ":") {
		return "", errors.New("names no repository")
	}
	path := strings.Join(out, "/")
	if !strings.HasSuffix(path, suffix) {
		path += suffix
	}
	return path, nil
}
