package project

import (
	"strings"
	"testing"
	"unicode/utf8"

	"claude-sync/syncer/internal/giturl"
)

// How URLs are read is tested where it is done, in giturl.
func TestAKeyIsTheSameByURLAndByKey(t *testing.T) {
	for url, want := range map[string]Key{
		"git@github.com:You/MyApp":                 "git:https://github.com/you/myapp.git",
		"https://you:p@ss@github.com/you/myapp":    "git:https://github.com/you/myapp.git",
		"git@[git.corp:2222]:you/app":              "git:https://git.corp:2222/you/app.git",
		"https://host/a b/100%25":                  "git:https://host/a%20b/100%25.git",
		"codecommit::eu-west-1://profile@MyRepo":   "git:https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/MyRepo.git",
		`c:\src\app.git`:                           "git:file:///C:/src/app.git",
		`\\server\share\app`:                       "git:file://server/share/app.git",
		"/srv/git/app/.git":                        "git:file:///srv/git/app.git",
		"persistent-https::https://github.com/a/b": "git:https://github.com/a/b.git",
	} {
		if got, err := FromRemote(url); err != nil || got != want {
			t.Errorf("FromRemote(%q) = %q, %v; want %q", url, got, err, want)
		}
		if got, err := ParseKey("git:" + url); err != nil || got != want {
			t.Errorf("ParseKey(%q) = %q, %v; want %q", "git:"+url, got, err, want)
		}
	}
	for name, url := range map[string]string{
		"too long":              "https://host/" + strings.Repeat("a", maxKey),
		"too long when encoded": "https://host/" + strings.Repeat(" x", 900),
		"secret":                "https://you:s3cret#x@host/a",
	} {
		if got, err := FromRemote(url); err == nil || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 600 {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func FuzzFromRemoteIsIdempotent(f *testing.F) {
	for _, url := range []string{
		"git@github.com:you/myapp.git", "https://user:token@GitHub.com:443/you/myapp", "ssh://git@[fe80::1%25eth0]:2222/~you/app",
		`C:\x y\z`, `\\server\share\x`, "file:////server/x", "/srv/a?b#c@d%41", "https://host:80/%2e%2E/%2F/a.git.git//b",
		"codecommit::eu://p@Repo", "keybase://x%40y/repo", "https://host/\u212a/A\u0301\u0328%CC%81", "https://github.com/\u212aelvin",
		"file:///%63:/x", "file://c%3A/x", "[::%\x8f]:00", "https://host/\u037e\u1fef", "x://a::b//c",
		"git@ssh.dev.azure.com:v3/Org/My%20P/r", "https://o.visualstudio.com/DefaultCollection/_git/r", "codecommit::us-east-1://p@r", "rad://z1/z2", "https://gist.github.com/me/C0DE.git", "https://www.www.host.example/a//b",
	} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		key, err := FromRemote(url)
		if err != nil {
			return
		}
		again, err := FromRemote(strings.TrimPrefix(string(key), "git:"))
		if err != nil || again != key {
			t.Errorf("FromRemote(%q) = %q, and of that %q, %v", url, key, again, err)
		}
		if parsed, err := ParseKey(string(key)); err != nil || parsed != key {
			t.Errorf("ParseKey(%q) = %q, %v", key, parsed, err)
		}
		if strings.Contains(string(key), "@") || !utf8.ValidString(string(key)) || strings.ContainsFunc(string(key), giturl.Hidden) {
			t.Errorf("FromRemote(%q) = %q", url, key)
		}
		if key.Repository() != key || key.Subdir() != "" {
			t.Errorf("%q has a subdirectory, %q", key, key.Subdir())
		}
	})
}
