package giturl

import (
	"strings"
	"testing"
)

func TestOneRepositoryHasOneURL(t *testing.T) {
	for want, urls := range map[string][]string{
		"https://github.com/you/myapp.git": {
			"git@github.com:you/myapp.git", "git@github.com:you/myapp", "github.com:you/myapp.git",
			"git@github.com:/you/myapp.git", "org-1234@github.com:You/MyApp.git",
			"ssh://git@github.com:22/you/myapp", "ssh://github.com/you/myapp.git",
			"ssh://git@ssh.github.com:443/you/myapp.git", "git@ssh.github.com:you/myapp",
			"https://github.com/you/myapp.git/", "https://github.com/you/myapp///", "HTTPS://GitHub.com/You/MyApp.GIT",
			"https://user:token@GitHub.com:443/you/myapp", "https://ghp_secret@github.com/you/myapp", "https://you:p@ss@github.com/you/myapp",
			"https://github.com./you/myapp", "https://github.com:/you/myapp", "https://github.com:0443/you/myapp",
			"http://github.com:80/you/myapp", "git://github.com/you/myapp", "git://github.com:9418/you/myapp",
			"git+ssh://git@github.com/you/myapp", "ssh+git://git@github.com/you/myapp", "git+https://github.com/you/myapp",
			"https://github.com/you/myapp?tab=readme#top", "https://github.com/you/myapp.git?access_token=secret",
			"https://github.com/%79ou/my%61pp.git", "https://github.com/./x/../you//myapp/.git",
			"  https://github.com/you/myapp \n", "[github.com]:you/myapp",
			"git@[github.com:22]:you/myapp", "persistent-https::https://github.com/you/myapp",
		},
		"https://gitlab.com/group/sub/app.git":  {"git@gitlab.com:Group/Sub/App.git", "ssh://git@altssh.gitlab.com:443/group/sub/app"},
		"https://bitbucket.org/team/app.git":    {"https://you@bitbucket.org/Team/app.git", "ssh://git@altssh.bitbucket.org:443/team/app"},
		"https://codeberg.org/you/app.git":      {"https://codeberg.org/You/App", "git@codeberg.org:you/app"},
		"https://git.corp/You/MyApp.git":        {"git@GIT.corp:You/MyApp", "https://git.corp/You/MyApp"},
		"https://git.corp:2222/you/app.git":     {"ssh://git@git.corp:2222/you/app", "git@[git.corp:2222]:you/app", "ssh://git.corp:02222/you/app.git"},
		"https://git.corp:80/you/app.git":       {"https://git.corp:80/you/app"},
		"https://git.corp:9418/you/app.git":     {"https://git.corp:9418/you/app"},
		"https://host/~you/app.git":             {"ssh://host/~you/app", "host:~you/app", "https://host/%7Eyou/app"},
		"https://[::1]/you/app.git":             {"ssh://git@[::1]:22/you/app", "git@[::1]:you/app", "https://[0:0:0:0:0:0:0:1]/you/app", "[::1]:you/app"},
		"https://[fe80::1%25eth0]:3000/app.git": {"http://[FE80::1%25eth0]:3000/app"},
		"https://müller.example/app.git":        {"https://MÜLLER.example/app", "https://mu\u0308ller.example/app"},
		"https://host/Ünïcode/é.git":            {"https://host/%C3%9Cn%C3%AFcode/e\u0301", "host:Ünïcode/é.git"},
		"https://host/a%20b/100%25.git":         {"https://host/a b/100%25", "host:a b/100%", "https://host/a%20b/100%"},
		"https://host/a%2Fb.git":                {"https://host/a%2fb", "https://host/a%2Fb.git"},
		"https://host/c%23.git":                 {"host:c#.git", "https://host/c%23"},
		"https://host/%40scope/app.git":         {"https://host/@scope/app", "https://me@host/%40scope/app"},
		"https://host/%FF/%E2%80%AE.git":        {"https://host/%ff/%e2%80%ae"},
		"https://host/a%C2%A0b.git":             {"https://host/a%c2%a0b", "host:a\u00a0b"},
		"https://host/app.git.git":              {"https://host/app.git.git"},
		"codecommit://MyRepo.git":               {"codecommit://profile@MyRepo", "CODECOMMIT://MyRepo.git"},
		"eu-west://MyRepo.git":                  {"codecommit::eu-west://profile@MyRepo"},
		"keybase://private/you/app.git":         {"keybase://private/you/app", "keybase://private//you/app?x=1"},

		"file:///srv/git/app.git":      {"/srv/git/app.git", "/srv/git/app", "/srv/git/app/.git", "/srv//git/./app/", "file:///srv/git/app", "file://localhost/srv/git/app", "file://me:pw@localhost/srv/git/app", "///srv/git/app"},
		"file:///srv/a%3Fb%23c.git":    {"/srv/a?b#c", "file:///srv/a?b#c"},
		"file:///srv/a%5Cb.git":        {`/srv/a\b`},
		"file:///home/me%40x/app.git":  {"/home/me@x/app"},
		"file:///C:/src/app.git":       {`C:\src\app`, `c:\src\app.git`, "C:/src/app", "file:///c:/src/app", "file://C:/src/app", "/C:/src/app", "c:src/app", "C://src//app"},
		"file:///C:/My%20Code/app.git": {`C:\My Code\app`, "file:///C:/My%20Code/app"},
		"file://server/share/app.git":  {`\\server\share\app`, "//SERVER/share/app.git", "file://server/share/app", "file:////server/share/app", `file://\\server\share\app`},
		"file://wsl$/Ubuntu/app.git":   {`\\wsl$\Ubuntu\app`},
		"file:///srv/app.git":          {`\\localhost\srv\app`, "//localhost/srv/app"},
	} {
		for _, url := range urls {
			got, err := Canonical(url)
			if err != nil || got != want {
				t.Errorf("Canonical(%q) = %q, %v; want %q", url, got, err, want)
			}
			if again, err := Canonical(got); err != nil || again != got {
				t.Errorf("Canonical(%q) = %q, %v", got, again, err)
			}
		}
	}
}

func TestAShorthandIsNoWholeURL(t *testing.T) {
	for url, want := range map[string]bool{
		"https://github.com/me/app": true, "git@github.com:me/app": true, "ssh://git@[::1]/app": true, "git@[fe80::1]:app": true,
		"/srv/git/app": true, "file:///srv/git/app": true, `C:\src\app`: true, "C:/src/app": true, `\\server\share\app`: true,
		"https://10.0.0.5/app": true, "persistent-https::https://github.com/a/b": true, "  https://github.com/me/app ": true,
		"gh:me/app": false, "w:app": false, "gh://me/app": false, "git@alias:me/app": false, "git@github.com-work:me/app": false, "git@git.xn--p1ai:me/app": true, "git@git.рф:me/app": true, "ssh://alias/me/app": false,
		"https://intranet/app": false, "../app": false, "app": false, "": false, "codecommit://app": false,
	} {
		if got := IsWhole(url); got != want {
			t.Errorf("%q: got %v, want %v", url, got, want)
		}
	}
}

func TestNonsenseIsNotARemote(t *testing.T) {
	for name, url := range map[string]string{
		"empty":                    "",
		"spaces":                   " \t\n",
		"a word":                   "myapp",
		"relative":                 "../myapp.git",
		"relative, Windows":        `..\myapp`,
		"home":                     "~/myapp",
		"no host":                  "https:///you/myapp",
		"only dots for host":       "https://../you/myapp",
		"no path":                  "https://github.com",
		"empty path":               "https://github.com//",
		"only .git":                "https://host/.git",
		"climbed out":              "https://host/a/..",
		"scp without path":         "git@github.com:",
		"a helper without name":    "::/srv/x",
		"scp without host":         ":you/myapp",
		"root":                     "/",
		"drive":                    `C:\`,
		"server":                   `\\server`,
		"device path":              `\\?\C:\x`,
		"port is a word":           "https://host:http/x",
		"port 0":                   "https://host:0/x",
		"port too high":            "ssh://host:65536/x",
		"space in host":            "https://my host/x",
		"option for host":          "ssh://-oProxyCommand=x/y",
		"percent in host":          "https://git%68ub.com/x/y",
		"broken IPv6":              "https://[::1/x",
		"IPv6 is a name":           "https://[name]/x",
		"IPv4 in brackets":         "https://[1.2.3.4]/x",
		"zone with a slash":        "https://[fe80::1%25a b]/x",
		"host not UTF-8":           "https://h\xffst/x",
		"server not UTF-8":         "//h\xffst/x",
		"server with a port":       "//host:80/x",
		"NUL":                      "https://host/a\x00b",
		"line break":               "https://host/a\nb",
		"right-to-left override":   "https://host/a\u202eb",
		"a command":                "ext::sh -c 'cat %S'",
		"secret without a scheme":  "you:s3cret@host/x",
		"secret behind one letter": "u:s3cret@host/x",
		"secret, scp":              "//you@s3cret/x",
		"hash in the password":     "https://you:s3cret#x@host/a",
		"slash in the password":    "https://you:s3cret/x@host/a",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Canonical(url)
			if err == nil {
				t.Errorf("Canonical(%q) = %q, want an error", clip(url, 80), got)
			} else if strings.Contains(err.Error(), "s3cret#") || strings.ContainsFunc(err.Error(), Hidden) || len(err.Error()) > 600 {
				t.Errorf("error says too much: %q", err)
			}
		})
	}
}

// A random password, in every place of a URL where one can be, raw and encoded.
func FuzzNoSecretReachesURLOrError(f *testing.F) {
	for _, secret := range []string{"ghp_0123456789", "p@ss", "a:b", "a%40b", "@", "x@y:z", "a#b", "a/b", "a?b", "[", `a\b`, "\u202e", "@\n"} {
		f.Add(secret)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		secret = "S3C" + secret + "R3T" // the ends cannot be in the URL otherwise
		for _, form := range []string{
			"https://you:%@github.com/a/b", "https://%@github.com/a/b", "https://%:x-oauth-basic@github.com/a/b",
			"ssh://you:%@host:22/a/b", "git+https://you:%@host/a", "other://you:%@host/a", "codecommit::x://%@b",
			"https://host/a.git?token=%", "https://host/a#%", "file://you:%@localhost/a", "you:%@github.com/a",
		} {
			url := strings.Replace(form, "%", secret, 1)
			canonical, err := Canonical(url)
			text := strings.ToUpper(canonical)
			if err != nil && (strings.Contains(err.Error(), "S3C") || strings.Contains(err.Error(), "R3T")) && !cut(secret) {
				t.Errorf("Canonical(%q): %v", url, err)
			}
			// A raw slash, "?" or "#" ends the user's part, by the grammar of URLs and for curl: what
			// stands before it is no password then, and git could not have used the URL.
			if cut(secret) && strings.Contains(form, "@") {
				continue
			}
			if strings.Contains(text, "S3C") || strings.Contains(text, "R3T") {
				t.Errorf("Canonical(%q) = %q", url, canonical)
			}
		}
	})
}

func cut(secret string) bool { return strings.ContainsAny(secret, `/?#\`) }
