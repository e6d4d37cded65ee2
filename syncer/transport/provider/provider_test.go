package provider_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/provider"
)

// A user is a home directory and an environment. HOME in a text stands for the home directory, written as the
// settings file needs it.
type user struct {
	home string
	env  map[string]string
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newUser(t *testing.T) user {
	t.Helper()
	// macOS has its temporary directory behind a symbolic link; "[" must not be taken for a pattern.
	temp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	u := user{filepath.Join(temp, "ana [x]"), map[string]string{}}
	u.mkdir(t, "")
	return u
}

func (u user) getenv(name string) string { return u.env[name] }

func (u user) path(rel string) string { return filepath.Join(u.home, filepath.FromSlash(rel)) }

func (u user) mkdir(t *testing.T, rel string) {
	t.Helper()
	if err := os.MkdirAll(u.path(rel), 0o755); err != nil {
		t.Fatal(err)
	}
}

// put makes the file; a name that ends with a slash makes a folder.
func (u user) put(t *testing.T, rel, text string) {
	t.Helper()
	if strings.HasSuffix(rel, "/") {
		u.mkdir(t, rel)
		return
	}
	write(t, u.path(rel), strings.ReplaceAll(text, "HOME", u.escaped(filepath.Ext(rel))))
}

func (u user) escaped(ext string) string {
	var b strings.Builder
	switch ext {
	case ".xml":
		_ = xml.EscapeText(&b, []byte(u.home))
	case ".json":
		quoted, _ := json.Marshal(u.home)
		b.Write(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// lines shows candidates as "provider: path", with the path relative to home.
func (u user) lines(all []provider.Candidate) string {
	var lines []string
	for _, c := range all {
		rel, err := filepath.Rel(u.home, c.Dir)
		if err != nil {
			rel = c.Dir
		}
		lines = append(lines, c.Provider+": "+filepath.ToSlash(rel))
	}
	return strings.Join(lines, "\n")
}

const syncthingFile = ".config/syncthing/config.xml"

// syncthingConfig is a config.xml as Syncthing writes it, with the template folder in <defaults>.
func syncthingConfig(folders string) string {
	return `<configuration version="38">` + folders + `
    <device id="AAAAAAA-BBBBBBB" name="desktop" compression="metadata" introducer="false">
        <address>dynamic</address>
        <paused>true</paused>
    </device>
    <gui enabled="true" tls="false"><address>127.0.0.1:8384</address><apikey>x</apikey></gui>
    <defaults>
        <folder id="" label="" path="HOME/Default" type="sendreceive" rescanIntervalS="3600">
            <filesystemType>basic</filesystemType>
            <paused>false</paused>
        </folder>
    </defaults>
</configuration>`
}

func folderElement(path, attributes, paused string) string {
	return `
    <folder id="zj2aa" label="My &amp; yours" path="` + path + `" ` + attributes + ` rescanIntervalS="3600" fsWatcherEnabled="true">
        <filesystemType>basic</filesystemType>
        <device id="AAAAAAA-BBBBBBB" introducedBy=""><encryptionPassword></encryptionPassword></device>
        <minDiskFree unit="%">1</minDiskFree>
        <versioning><cleanupIntervalS>3600</cleanupIntervalS></versioning>
        ` + paused + `
        <markerName>.stfolder</markerName>
    </folder>`
}

const both = `type="sendreceive"`

func TestCandidatesAreTheFoldersThatProvidersCarry(t *testing.T) {
	cases := []struct {
		name  string
		env   map[string]string // values are paths below home
		files map[string]string
		want  []string
	}{
		{name: "a bare home"},
		{name: "syncthing, both ways", want: []string{"Syncthing: Work & play/claude-sync"}, files: map[string]string{
			"Work & play/": "", "Default/": "",
			syncthingFile: syncthingConfig(folderElement("HOME/Work &amp; play/", both, "<paused>false</paused>"))}},
		{name: "syncthing, older words", want: []string{"Syncthing: A/claude-sync", "Syncthing: B/claude-sync"}, files: map[string]string{
			"A/": "", "B/": "",
			syncthingFile: syncthingConfig(folderElement("HOME/A", "", "") + folderElement("HOME/B", `type="readwrite"`, ""))}},
		{name: "syncthing, one way, paused or gone", files: map[string]string{
			"A/": "", "B/": "", "C/": "", "D/": "",
			syncthingFile: syncthingConfig(folderElement("HOME/A", `type="sendonly"`, "") + folderElement("HOME/B", `type="receiveonly"`, "") +
				folderElement("HOME/C", `type="receiveencrypted"`, "") + folderElement("HOME/D", both, "<paused>true</paused>") +
				folderElement("HOME/gone", both, ""))}},
		{name: "syncthing, tilde", want: []string{"Syncthing: claude-sync", "Syncthing: A/claude-sync"}, files: map[string]string{
			"A/": "", "B/": "", "~B/": "",
			syncthingFile: syncthingConfig(folderElement("~", both, "") + folderElement("~/A", both, "") + folderElement("~B", both, ""))}},
		{name: "syncthing, names that lead nowhere", files: map[string]string{
			"file.txt":    "x",
			syncthingFile: syncthingConfig(folderElement(".", both, "") + folderElement("", both, "") + folderElement("HOME/file.txt", both, ""))}},
		{name: "syncthing, newer place", want: []string{"Syncthing: A/claude-sync"}, files: map[string]string{
			"A/": "", ".local/state/syncthing/config.xml": syncthingConfig(folderElement("HOME/A", both, ""))}},
		{name: "syncthing, XDG places", want: []string{"Syncthing: A/claude-sync", "Syncthing: B/claude-sync"},
			env: map[string]string{"XDG_CONFIG_HOME": "cfg", "XDG_STATE_HOME": "state"}, files: map[string]string{
				"A/": "", "cfg/syncthing/config.xml": syncthingConfig(folderElement("HOME/A", both, "")),
				"B/": "", "state/syncthing/config.xml": syncthingConfig(folderElement("HOME/B", both, ""))}},
		{name: "syncthing, macOS and Windows", want: []string{"Syncthing: A/claude-sync", "Syncthing: B/claude-sync"},
			env: map[string]string{"LOCALAPPDATA": "AppData/Local"}, files: map[string]string{
				"A/": "", "Library/Application Support/Syncthing/config.xml": syncthingConfig(folderElement("HOME/A", both, "")),
				"B/": "", "AppData/Local/Syncthing/config.xml": syncthingConfig(folderElement("HOME/B", both, ""))}},
		{name: "dropbox, personal and business", want: []string{"Dropbox: Dropbox (Personal)/claude-sync", "Dropbox: Dropbox (Firm)/claude-sync"}, files: map[string]string{
			"Dropbox (Personal)/": "", "Dropbox (Firm)/": "",
			".dropbox/info.json": `{"personal": {"path": "HOME/Dropbox (Personal)", "host": 4929547026, "is_team": false, "subscription_type": "Basic"},
				"business": {"path": "HOME/Dropbox (Firm)", "host": 4929547027, "is_team": true, "subscription_type": "Business"}}`}},
		{name: "dropbox, Windows", want: []string{"Dropbox: A/claude-sync", "Dropbox: B/claude-sync"},
			env: map[string]string{"APPDATA": "Roaming", "LOCALAPPDATA": "Local"}, files: map[string]string{
				"A/": "", "Roaming/Dropbox/info.json": `{"personal": {"path": "HOME/A"}}`,
				"B/": "", "Local/Dropbox/info.json": `{"business": {"path": "HOME/B"}}`}},
		{name: "the usual places, best first", want: []string{"iCloud Drive: Library/Mobile Documents/com~apple~CloudDocs/claude-sync",
			"iCloud Drive: iCloudDrive/claude-sync", "OneDrive: OneDrive/claude-sync", "OneDrive: Library/CloudStorage/OneDrive-Personal/claude-sync",
			"Google Drive: Library/CloudStorage/GoogleDrive-ana@example.com/My Drive/claude-sync", "Google Drive: Google Drive/claude-sync",
			"Google Drive: GoogleDrive/claude-sync", "Nextcloud: Nextcloud/claude-sync", "Sync folder: Sync/claude-sync"}, files: map[string]string{
			"Sync/": "", "Nextcloud/": "", "GoogleDrive/": "", "Google Drive/": "", "Library/CloudStorage/GoogleDrive-ana@example.com/My Drive/": "",
			"OneDrive/": "", "Library/CloudStorage/OneDrive-Personal/": "", "Library/CloudStorage/OneDrive-SharedLibraries-Firm/": "",
			"iCloudDrive/": "", "Library/Mobile Documents/com~apple~CloudDocs/": ""}},
		{name: "onedrive by its variables, each once", want: []string{"OneDrive: OneDrive/claude-sync", "OneDrive: OneDrive - Firm/claude-sync"},
			env: map[string]string{"OneDrive": "OneDrive", "OneDriveConsumer": "OneDrive", "OneDriveCommercial": "OneDrive - Firm"},
			files: map[string]string{
				"OneDrive/": "", "OneDrive - Firm/": ""}},
		{name: "one folder, two providers", want: []string{"Syncthing: Sync/claude-sync"}, files: map[string]string{
			"Sync/": "", syncthingFile: syncthingConfig(folderElement("HOME/Sync", both, ""))}},
		{name: "a paused folder is no guess either", files: map[string]string{
			"Sync/": "", syncthingFile: syncthingConfig(folderElement("HOME/Sync", both, "<paused>true</paused>"))}},
		{name: "the folder itself is the sync folder", want: []string{"Nextcloud: Nextcloud"}, files: map[string]string{
			"Nextcloud/" + transport.Marker: "x"}},
		{name: "prepared ones first", want: []string{"Nextcloud: Nextcloud/claude-sync", "OneDrive: OneDrive/claude-sync", "Sync folder: Sync/claude-sync"}, files: map[string]string{
			"OneDrive/": "", "Nextcloud/claude-sync/" + transport.Marker: "x", "Sync/claude-sync/": ""}},
		{name: "one suggestion by two ways", want: []string{"Syncthing: Nextcloud/claude-sync"}, files: map[string]string{
			"Nextcloud/claude-sync/" + transport.Marker: "x",
			syncthingFile: syncthingConfig(folderElement("HOME/Nextcloud/claude-sync", both, ""))}},
		{name: "a file where a folder should be", files: map[string]string{"Sync": "x", "OneDrive": "x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUser(t)
			for name, rel := range c.env {
				u.env[name] = u.path(rel)
			}
			for rel, text := range c.files {
				u.put(t, rel, text)
			}
			if got, want := u.lines(provider.Candidates(u.home, u.getenv)), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestBrokenSettingsAreSkippedAndTheOthersStillCount(t *testing.T) {
	good := folderElement("HOME/A", both, "")
	cases := []struct{ name, file, text string }{
		{"torn xml", syncthingFile, strings.TrimSuffix(syncthingConfig(good), "</configuration>")},
		{"no xml", syncthingFile, "\x00\xff"},
		{"another charset", syncthingFile, `<?xml version="1.0" encoding="UTF-16"?>` + syncthingConfig(good)},
		{"an entity bomb", syncthingFile, `<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + syncthingConfig(good+"&b;")},
		{"endless nesting", syncthingFile, strings.Repeat("<a>", 100_000)},
		{"huge xml", syncthingFile, syncthingConfig(good + "<!--" + strings.Repeat("x", 5<<20) + "-->")},
		{"torn json", ".dropbox/info.json", `{"personal": {"path": "HOME/A"`},
		{"json of another shape", ".dropbox/info.json", `{"personal": "HOME/A"}`},
		{"endless nesting", ".dropbox/info.json", strings.Repeat("[", 100_000)},
		{"huge json", ".dropbox/info.json", `{"personal": {"path": "HOME/A"}}` + strings.Repeat(" ", 5<<20)},
		{"a folder", ".dropbox/info.json/", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			u := newUser(t)
			u.mkdir(t, "A")
			u.mkdir(t, "Nextcloud")
			u.put(t, c.file, c.text)
			if got, want := u.lines(provider.Candidates(u.home, u.getenv)), "Nextcloud: Nextcloud/claude-sync"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestNothingIsSuggestedWithoutAHome(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"Sync", "Dropbox", `G:\My Drive`} {
		_ = os.Mkdir(name, 0o755) // the last name is not allowed on Windows
	}
	quoted, _ := json.Marshal(filepath.Join(dir, "Sync"))
	write(t, filepath.Join("Dropbox", "info.json"), `{"personal":{"path":`+string(quoted)+`}}`)
	if got := provider.Candidates("", func(string) string { return "" }); len(got) > 0 && filepath.VolumeName(got[0].Dir) == "" {
		t.Errorf("got %v", got)
	}
}

func TestProviderIsTheOneWhoseFolderItReallyLiesIn(t *testing.T) {
	u := newUser(t)
	for rel, text := range map[string]string{
		"Dropbox/sub/": "", "Dropbox/st/": "", "Paused/": "", "Sync/": "", "Elsewhere/": "",
		".dropbox/info.json": `{"personal": {"path": "HOME/Dropbox"}}`,
		syncthingFile: syncthingConfig(folderElement("HOME/Dropbox/st", both, "") +
			folderElement("HOME/Paused", both, "<paused>true</paused>")),
	} {
		u.put(t, rel, text)
	}
	for link, to := range map[string]string{"in": "Dropbox/sub", "Dropbox/out": "Elsewhere"} {
		if err := os.Symlink(u.path(to), u.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(u.home)
	cases := []struct{ name, dir, want string }{
		{"its own folder", u.path("Dropbox"), "Dropbox"},
		{"below it", u.path("Dropbox/sub"), "Dropbox"},
		{"below it, not there yet", u.path("Dropbox/new/claude-sync"), "Dropbox"},
		{"the innermost wins", u.path("Dropbox/st/claude-sync"), "Syncthing"},
		{"paused is still theirs", u.path("Paused/claude-sync"), "Syncthing"},
		{"a link into it", u.path("in/claude-sync"), "Dropbox"},
		{"a link out of it", u.path("Dropbox/out/claude-sync"), ""},
		{"only begins like it", u.path("Dropbox2"), ""},
		{"a mere name", u.path("Sync/claude-sync"), ""},
		{"home", u.home, ""},
		{"relative", "Dropbox", ""},
		{"none", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := provider.Of(c.dir, u.home, u.getenv); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzAnySettingsGiveOnlyUsableCandidates feeds both parsers. Whatever the files hold, each suggested folder can
// be made, and is suggested once.
func FuzzAnySettingsGiveOnlyUsableCandidates(f *testing.F) {
	f.Add(`<configuration><folder path="~" type="sendreceive"/><folder path="/"/></configuration>`, `{"personal":{"path":"/"}}`)
	f.Add(syncthingConfig(folderElement("~/Sync", both, "")), `{"business":{"path":"Sync/../.."}}`)
	f.Add("<a>", "{")
	f.Fuzz(func(t *testing.T, config, info string) {
		u := newUser(t)
		u.mkdir(t, "Sync")
		write(t, u.path(syncthingFile), config)
		write(t, u.path(".dropbox/info.json"), info)
		var dirs []string
		for _, c := range provider.Candidates(u.home, u.getenv) {
			if stat, err := os.Stat(filepath.Dir(c.Dir)); err != nil || !stat.IsDir() || !filepath.IsAbs(c.Dir) {
				t.Errorf("%q cannot be made", c.Dir)
			}
			dirs = append(dirs, c.Dir)
		}
		slices.Sort(dirs)
		if len(slices.Compact(slices.Clone(dirs))) != len(dirs) {
			t.Errorf("twice the same: %q", dirs)
		}
	})
}
