package project

import (
	"errors"
	"strings"
)

// isLocal reports whether a URL without a scheme is a path by git's rule: it has no colon before its first
// slash (connect.c, url_is_local_not_ssh), or begins with a drive. One letter before a colon is a drive on
// every system, because a remote must have the same key on all of them.
func isLocal(url string) bool {
	head, _, _ := strings.Cut(url, "/")
	return isDrive(url) || strings.HasPrefix(url, `\`) || !strings.Contains(head, ":")
}

func isDrive(s string) bool { return len(s) >= 2 && s[1] == ':' && isASCIILetter(rune(s[0])) }

// isAbsolute reports whether a path is absolute on any system, not only on this one.
func isAbsolute(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) || isDrive(path)
}

// parseFileURL parses the part behind file://. On Windows there are three spellings: file:///C:/x, file://C:/x,
// and file://server/share/x (or with four slashes) for \\server\share\x.
func parseFileURL(rest string) (remote, error) {
	authority, path, more := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	switch {
	case authority == "" || strings.HasPrefix(authority, `\`):
		return parsePath(rest, unescape)
	case isDrive(authority) || !more:
		return parsePath("/"+rest, unescape)
	}
	return parsePath("//"+authority+"/"+path, unescape)
}

// parsePath parses a local path of any system. Backslashes are separators only in a Windows path.
func parsePath(path string, decode func(string) string) (remote, error) {
	if !isAbsolute(path) {
		return remote{}, errors.New("is a relative path")
	}
	if isDrive(path) {
		drive, rest := path[:2], path[2:]
		if (!isAbsolute(rest) || strings.HasPrefix(rest, "//")) && lostItsScheme(rest) {
			return remote{}, errors.New("has no host")
		}
		path = "/" + drive + "/" + rest
	}
	if isDrive(path[1:]) || path[0] == '\\' {
		path = strings.ReplaceAll(path, `\`, "/")
	}
	r := remote{proto: "file"}
	if server, ok := strings.CutPrefix(path, "//"); ok && !strings.HasPrefix(server, "/") {
		r.host, path, _ = strings.Cut(server, "/")
		r.host = decode(r.host)
	}
	r.path = segments(path, decode)
	if len(r.path) > 0 && len(r.path[0]) == 2 && isDrive(r.path[0]) && r.host == "" {
		r.path[0] = strings.ToUpper(r.path[0])
	}
	return r, nil
}
