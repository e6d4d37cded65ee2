package giturl

import (
	"errors"
	"strings"
)

// IsRelative reports whether a URL is a relative path, which names another repository in every folder.
func IsRelative(url string) bool {
	_, _, isURL := CutScheme(url)
	return !isURL && isLocal(url) && !isAbsolute(url) && dropHelper(url) == url
}

// isLocal reports whether a URL without a scheme is a path by git's rule: it has no colon before its first
// slash (connect.c, url_is_local_not_ssh), or begins with a drive. One letter before a colon is a drive on
// every system, because a remote must have the same key on all of them.
func isLocal(url string) bool {
	head, _, _ := strings.Cut(url, "/")
	return IsDrive(url) || strings.HasPrefix(url, `\`) || !strings.Contains(head, ":")
}

// IsDrive reports whether a path begins with the letter of a drive.
func IsDrive(s string) bool { return len(s) >= 2 && s[1] == ':' && isASCIILetter(rune(s[0])) }

// isAbsolute reports whether a path is absolute on any system, not only on this one.
func isAbsolute(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\`) || IsDrive(path)
}

// parseFileURL parses the part behind file://. On Windows there are three spellings: file:///C:/x, file://C:/x,
// and file://server/share/x (or with four slashes) for \\server\share\x.
func parseFileURL(rest string) (URL, error) {
	authority, path, more := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	switch {
	case authority == "" || strings.HasPrefix(authority, `\`):
		return parsePath(rest, Unescape)
	case IsDrive(authority) || !more:
		return parsePath("/"+rest, Unescape)
	}
	return parsePath("//"+authority+"/"+path, Unescape)
}

// parsePath parses a local path of any system. Backslashes are separators only in a Windows path.
func parsePath(path string, decode func(string) string) (URL, error) {
	if !isAbsolute(path) {
		return URL{}, errors.New("is a relative path")
	}
	if IsDrive(path) {
		drive, rest := path[:2], path[2:]
		if (!isAbsolute(rest) || strings.HasPrefix(rest, "//")) && lostItsScheme(rest) {
			return URL{}, errors.New("has no host")
		}
		path = "/" + drive + "/" + rest
	}
	if IsDrive(path[1:]) || path[0] == '\\' {
		path = strings.ReplaceAll(path, `\`, "/")
	}
	u := URL{Proto: "file"}
	if server, ok := strings.CutPrefix(path, "//"); ok && !strings.HasPrefix(server, "/") {
		u.Host, path, _ = strings.Cut(server, "/")
		u.Host = decode(u.Host)
	}
	u.Path = segments(path, decode)
	if len(u.Path) > 0 && len(u.Path[0]) == 2 && IsDrive(u.Path[0]) && u.Host == "" {
		u.Path[0] = strings.ToUpper(u.Path[0])
	}
	return u, nil
}
