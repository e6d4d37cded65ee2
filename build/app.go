package main

import _ "embed"

//go:embed packaging/Info.plist
var infoPlist string

// app returns the files of a macOS application without an icon in the Dock and without a menu bar.
func (r release) app(program []byte) ([]file, error) {
	info, err := r.fill(infoPlist)
	if err != nil {
		return nil, err
	}
	icon, err := r.read("Resources/claude-sync.icns", "icons/app/claude-sync.icns")
	if err != nil {
		return nil, err
	}
	return under("claude-sync.app/Contents", append(icon,
		file{name: "Info.plist", body: info},
		file{name: "PkgInfo", body: []byte("APPL????")},
		file{name: "MacOS/claude-sync", body: program, program: true})), nil
}
