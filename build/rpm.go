package main

import (
	"bytes"
	"strings"

	"github.com/google/rpmpack"
)

// rpm returns a Red Hat package of files whose names start at the root.
func (r release) rpm(t target, files []file) ([]byte, error) {
	relation := func(names ...string) (all rpmpack.Relations) {
		for _, name := range names {
			all = append(all, &rpmpack.Relation{Name: name})
		}
		return all
	}
	p, err := rpmpack.NewRPM(rpmpack.RPMMetaData{
		Name: "claude-sync", Version: r.packageVersion(), Release: "1", Arch: rpmArch(t), Epoch: rpmpack.NoEpoch,
		Summary: summary, Description: description, Licence: "MIT", Packager: maintainer,
		BuildHost: "localhost", BuildTime: r.time, Compressor: "gzip",
		Requires: relation("git-core"), Suggests: relation("xdg-utils", "libnotify", "zenity"),
	})
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		entry := rpmpack.RPMFile{Name: "/" + f.name, Body: f.body, Mode: uint(f.mode()), Owner: "root", Group: "root", MTime: uint32(r.time.Unix())}
		if strings.HasPrefix(f.name, "usr/"+docs+"/") {
			entry.Type = rpmpack.DocFile
		}
		p.AddFile(entry)
	}
	var out bytes.Buffer
	err = p.Write(&out)
	return out.Bytes(), err
}

// rpmArch returns Red Hat's name for the architecture.
func rpmArch(t target) string {
	return map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[t.arch]
}
