package main

import (
	"bytes"

	_ "embed"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

//go:embed packaging/claude-sync.manifest
var manifest []byte

// dressed returns the Windows program with its icon, its manifest and its file properties. They are written into
// the finished program. A .syso file would do the same, but every go build in this folder would link it.
func (r release) dressed(program []byte) ([]byte, error) {
	files, err := r.read("", "icons/app/claude-sync.ico")
	if err != nil {
		return nil, err
	}
	icon, err := winres.LoadICO(bytes.NewReader(files[0].body))
	if err != nil {
		return nil, err
	}
	var resources winres.ResourceSet
	if err := resources.SetIcon(winres.ID(1), icon); err != nil {
		return nil, err
	}
	if err := resources.Set(winres.RT_MANIFEST, winres.ID(1), winres.LCIDDefault, manifest); err != nil {
		return nil, err
	}
	info := version.Info{FileVersion: r.numbers(), ProductVersion: r.numbers()}
	for key, value := range map[string]string{
		version.ProductName: "claude-sync", version.FileDescription: summary, version.OriginalFilename: "claude-sync.exe",
		version.FileVersion: r.version, version.ProductVersion: r.stamp(), version.LegalCopyright: "the claude-sync authors, MIT licence",
	} {
		if err := info.Set(winres.LCIDDefault, key, value); err != nil {
			return nil, err
		}
	}
	resources.SetVersionInfo(info)
	var out bytes.Buffer
	err = resources.WriteToEXE(&out, bytes.NewReader(program))
	return out.Bytes(), err
}
