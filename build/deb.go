package main

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"strings"
)

// deb returns a Debian package (deb(5)) of files whose names start at the root: an ar archive of the format's
// version, the control files and the files themselves. It has no installation scripts, because triggers of other
// packages update the desktop's caches. It only suggests the desktop's programs: a recommendation would install
// half a desktop on a server, where the commands are enough.
func (r release) deb(t target, files []file) ([]byte, error) {
	var sums strings.Builder
	size := 0
	for _, f := range files {
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.body), f.name)
		size += (len(f.body) + 1023) / 1024
	}
	control := fmt.Sprintf(`Package: claude-sync
Version: %s
Architecture: %s
Maintainer: %s
Installed-Size: %d
Depends: git
Suggests: xdg-utils, libnotify-bin, zenity
Section: utils
Priority: optional
Description: %s
 %s
`, r.packageVersion(), t.arch, maintainer, size, summary, strings.ReplaceAll(description, "\n", "\n "))
	about, err := tarball("./", []file{{name: "control", body: []byte(control)}, {name: "md5sums", body: []byte(sums.String())}}, r.time)
	if err != nil {
		return nil, err
	}
	data, err := tarball("./", files, r.time)
	if err != nil {
		return nil, err
	}
	return r.ar([]file{{name: "debian-binary", body: []byte("2.0\n")}, {name: "control.tar.gz", body: about}, {name: "data.tar.gz", body: data}}), nil
}

// ar returns an ar archive (ar(5)): a first line, then for each member a header of fixed width and the content,
// padded to an even length.
func (r release) ar(files []file) []byte {
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	for _, f := range files {
		fmt.Fprintf(&out, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", f.name, r.time.Unix(), 0, 0, 0o100644, len(f.body))
		out.Write(f.body)
		if len(f.body)%2 == 1 {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
