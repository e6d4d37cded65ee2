// Package provider knows the sync tools that people have: where their folders are on a machine, and which of them syncs a
// folder.
//
// It reads their settings and looks at the usual places. It changes nothing, and does not promise that a tool is running.
package provider

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transport"
)

// subfolder is the folder for packs inside a folder that also holds other files.
const subfolder = "claude-sync"

// settingsLimit is the largest settings file of another program that is read. Syncthing writes about 2 KiB for
// each folder and device.
const settingsLimit = 4 << 20

// guessed is the provider of a folder if only the folder's name suggests that it is synced.
const guessed = "Sync folder"

// Candidate is a directory that could be the sync folder.
type Candidate struct {
	Provider string // the sync tool, by the name people know: "Syncthing", "Dropbox", ...
	Dir      string // the folder for the packs; its parent exists, and it need not exist itself
}

// Candidates returns the directories that could be the sync folder of the user with this home directory
// and environment, best first and without duplicates: first those that another machine has already prepared,
// then by provider. It reads the settings of Syncthing and Dropbox and looks at the usual places. Settings that
// are missing, broken or too large are skipped. It changes nothing, and does not promise that a provider is
// running.
func Candidates(home string, getenv func(string) string) []Candidate {
	var all []Candidate
	var seen folders
	for _, p := range places(home, getenv) {
		// An idle folder is added to seen, too: otherwise it would be suggested again as a guess.
		if !seen.add(p.dir) || p.idle {
			continue
		}
		dir := p.dir
		if !transport.NewFolder(dir).Marked() {
			dir = filepath.Join(dir, subfolder)
		}
		if dir != p.dir && isFolder(dir) && !seen.add(dir) {
			continue
		}
		all = append(all, Candidate{Provider: p.provider, Dir: dir})
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return rank(a) - rank(b) })
	return all
}

func rank(c Candidate) int {
	if transport.NewFolder(c.Dir).Marked() {
		return 0
	}
	return 1
}

// Of returns the provider that syncs dir, as in Candidate.Provider, or "" if none is known. dir is
// absolute and need not exist. Symbolic links are resolved first, because no provider follows links inside its
// folder. A provider that has paused the folder still counts. A folder that is only called "Sync" does not.
func Of(dir, home string, getenv func(string) string) string {
	known := places(home, getenv)
	for dir = nearestReal(dir); ; dir = filepath.Dir(dir) {
		i := slices.IndexFunc(known, func(p place) bool { return p.provider != guessed && sameFolder(p.dir, dir) })
		if i >= 0 {
			return known[i].provider
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}

// nearestReal returns the innermost existing part of dir, without symbolic links.
func nearestReal(dir string) string {
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return real
		}
		break // Windows cannot resolve every mount point, but can use it
	}
	return dir
}

// place is a folder that a provider syncs. It need not exist.
type place struct {
	provider, dir string
	idle          bool // the provider does not sync it in both directions now
}

// places lists the folders of all providers, best first: folders from a provider's own settings come before
// guesses, and a provider that transfers blocks comes before one that transfers whole files. Places of another
// operating system do no harm, because they do not exist.
func places(home string, getenv func(string) string) []place {
	return slices.Concat(syncthing(home, getenv), dropbox(home, getenv), usual(home, getenv))
}

// usual lists the places of the providers without readable settings.
func usual(home string, getenv func(string) string) []place {
	cloud := filepath.Join(home, "Library", "CloudStorage") // File Provider, macOS 12.3 and later
	var all []place
	add := func(provider string, dirs ...string) {
		for _, dir := range dirs {
			all = append(all, place{provider: provider, dir: dir})
		}
	}
	add("iCloud Drive", filepath.Join(home, "Library", "Mobile Documents", "com~apple~CloudDocs"),
		filepath.Join(home, "iCloudDrive"))
	add("OneDrive", getenv("OneDrive"), getenv("OneDriveConsumer"), getenv("OneDriveCommercial"),
		filepath.Join(home, "OneDrive"))
	for _, dir := range startingWith(cloud, "OneDrive-") {
		// Beside the drive there is a folder for shared libraries. It can hold nothing else.
		if !strings.HasPrefix(filepath.Base(dir), "OneDrive-SharedLibraries") {
			add("OneDrive", dir)
		}
	}
	for _, dir := range startingWith(cloud, "GoogleDrive-") {
		add("Google Drive", filepath.Join(dir, "My Drive"))
	}
	add("Google Drive", filepath.Join(home, "Google Drive"), filepath.Join(home, "GoogleDrive"), `G:\My Drive`)
	add("Nextcloud", filepath.Join(home, "Nextcloud"))
	add(guessed, filepath.Join(home, "Sync"))
	return all
}

// startingWith lists the entries of dir whose names begin with prefix. filepath.Glob would not do, because the
// name of a home directory may contain its special characters.
func startingWith(dir, prefix string) []string {
	entries, _ := os.ReadDir(dir)
	var all []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	return all
}

// syncthingSettings is config.xml, see https://docs.syncthing.net/users/config.html. Only folders directly
// below the root count: the one in <defaults> is a template for new folders.
type syncthingSettings struct {
	Folders []struct {
		Path   string `xml:"path,attr"`
		Type   string `xml:"type,attr"`
		Paused string `xml:"paused"`
	} `xml:"folder"`
}

// syncthing lists the folders of Syncthing. Version 1.27 moved the settings from the configuration directory to
// the state directory, but old installations keep them in the old place.
func syncthing(home string, getenv func(string) string) []place {
	var all []place
	for _, dir := range []string{
		filepath.Join(home, ".config", "syncthing"),
		filepath.Join(getenv("XDG_CONFIG_HOME"), "syncthing"),
		filepath.Join(home, ".local", "state", "syncthing"),
		filepath.Join(getenv("XDG_STATE_HOME"), "syncthing"),
		filepath.Join(home, "Library", "Application Support", "Syncthing"),
		filepath.Join(getenv("LOCALAPPDATA"), "Syncthing"),
	} {
		var s syncthingSettings
		if xml.Unmarshal(settings(filepath.Join(dir, "config.xml")), &s) != nil {
			continue
		}
		for _, f := range s.Folders {
			idle := f.Paused == "true" || !bothWays(f.Type)
			all = append(all, place{"Syncthing", expandHome(f.Path, home), idle})
		}
	}
	return all
}

// bothWays reports whether a Syncthing folder of this type sends and receives. Before 0.14 the type was called
// readwrite.
func bothWays(kind string) bool { return kind == "sendreceive" || kind == "readwrite" || kind == "" }

// expandHome replaces a leading "~" as Syncthing does: if it stands alone or before a separator.
func expandHome(path, home string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if ok && (rest == "" || rest[0] == '/' || os.IsPathSeparator(rest[0])) {
		return filepath.Join(home, rest)
	}
	return path
}

// dropbox lists the folders of Dropbox. Its info.json is an object with one member for each account: "personal",
// "business" or both, see https://help.dropbox.com/installs/locate-dropbox-folder.
func dropbox(home string, getenv func(string) string) []place {
	var all []place
	for _, dir := range []string{
		filepath.Join(home, ".dropbox"),
		filepath.Join(getenv("APPDATA"), "Dropbox"),
		filepath.Join(getenv("LOCALAPPDATA"), "Dropbox"),
	} {
		var accounts struct{ Personal, Business struct{ Path string } }
		if json.Unmarshal(settings(filepath.Join(dir, "info.json")), &accounts) != nil {
			continue
		}
		all = append(all, place{provider: "Dropbox", dir: accounts.Personal.Path},
			place{provider: "Dropbox", dir: accounts.Business.Path})
	}
	return all
}

// settings returns a file's content, or nil if the file is missing, too large, or not a regular file: a pipe
// would never end.
func settings(path string) []byte {
	if !filepath.IsAbs(path) { // it was joined to a variable that is not set
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|oserr.OpenNow, 0)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(f, settingsLimit+1))
	if err != nil || len(data) > settingsLimit {
		return nil
	}
	return data
}

// folders is a set of folders. It compares the folders and not their paths, because links, case and Unicode
// forms give one folder many paths.
type folders []fs.FileInfo

// add reports whether dir is a folder and was not in the set.
func (s *folders) add(dir string) bool {
	info := folderInfo(dir)
	if info == nil || slices.ContainsFunc(*s, func(have fs.FileInfo) bool { return os.SameFile(have, info) }) {
		return false
	}
	*s = append(*s, info)
	return true
}

func isFolder(dir string) bool { return folderInfo(dir) != nil }

func sameFolder(a, b string) bool {
	x, y := folderInfo(a), folderInfo(b)
	return x != nil && y != nil && os.SameFile(x, y)
}

// folderInfo returns nil if dir is not a folder. It also returns nil for a relative path, which depends on the
// working directory, and for a Windows share, which can take a minute to report that it is missing.
func folderInfo(dir string) fs.FileInfo {
	if !filepath.IsAbs(dir) || strings.HasPrefix(filepath.VolumeName(dir), `\\`) {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil
	}
	return info
}
