package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	_ "embed"
)

// Texts for the packages' metadata. The project has no public home yet; id and maintainer will be those of its
// host (CONTRIBUTING.md, "How to release").
const (
	id          = "io.github.claude_sync.claude_sync"
	maintainer  = "the claude-sync authors <claude-sync@localhost>"
	summary     = "Claude Code sessions on all your machines"
	description = `Packs Claude Code sessions into a folder that Syncthing, Dropbox or a USB
stick carries, and installs them on the other machine where the same
repository is checked out. An icon in the tray says what waits; the same
program is a command line. No row of a session is ever lost.`
	docs = "share/doc/claude-sync"
)

//go:embed packaging/claude-sync.desktop
var desktopEntry []byte

//go:embed packaging/claude-sync.metainfo.xml
var metainfo string

// linux returns the files to install on Linux, with names relative to the parent of bin and share. zsh is the
// folder of zsh's completions, which differs on Debian.
func (r release) linux(program []byte, papers []file, zsh string) ([]file, error) {
	info, err := r.fill(metainfo)
	if err != nil {
		return nil, err
	}
	icons, err := r.read("share/icons/hicolor", "icons/app/hicolor")
	if err != nil {
		return nil, err
	}
	manual, err := r.manual()
	if err != nil {
		return nil, err
	}
	shells, err := completions(zsh)
	return slices.Concat([]file{
		{name: "bin/claude-sync", body: program, program: true},
		{name: "share/applications/claude-sync.desktop", body: desktopEntry},
		{name: "share/metainfo/" + id + ".metainfo.xml", body: info},
	}, icons, manual, shells, under(docs, papers)), err
}

// papers returns the README and the licences, under the file names that are usual on the system.
func (r release) papers(all []dependency, system string) ([]file, error) {
	ours, others := "LICENSE.txt", "LICENSES.txt"
	if system == "linux" {
		ours, others = "copyright", "LICENSES"
	}
	readme, err := r.read("README.md", "README.md")
	if err != nil {
		return nil, err
	}
	licence, err := r.read(ours, "LICENSE")
	if err != nil {
		return nil, err
	}
	texts, err := licenceTexts(all, system)
	return append(append(readme, licence...), file{name: others, body: texts}), err
}

// fill fills the release's version and date into a text.
func (r release) fill(text string) ([]byte, error) {
	t, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	n := r.numbers()
	err = t.Execute(&out, map[string]string{"Numbers": fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]),
		"ID": id, "Version": r.version, "Day": r.time.Format(time.DateOnly),
		"Summary": summary, "Description": strings.ReplaceAll(description, "\n", " ")})
	return out.Bytes(), err
}
