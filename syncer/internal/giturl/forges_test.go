package giturl

import "testing"

// Each line is a repository, with URLs by which its forge offers it, and with URLs that older programs wrote into
// keys.
func TestURLsOfOneForgeAreOne(t *testing.T) {
	for want, urls := range map[string][]string{
		"https://dev.azure.com/org/proj/_git/app.git": {
			"git@ssh.dev.azure.com:v3/org/proj/app", "ssh://git@ssh.dev.azure.com/v3/org/proj/app", "ssh://git@ssh.dev.azure.com:22/v3/Org/Proj/App",
			"https://org@dev.azure.com/org/proj/_git/app", "https://dev.azure.com/Org/Proj/_git/App", "https://dev.azure.com/org/proj/_git/app/",
			"https://org:pat@dev.azure.com/org/proj/_git/app.git", "https://dev.azure.com/org/DefaultCollection/proj/_git/app",
			"https://org.visualstudio.com/proj/_git/app", "https://Org.VisualStudio.com/DefaultCollection/Proj/_git/App", "https://org.visualstudio.com/defaultcollection/proj/_git/app",
			"org@vs-ssh.visualstudio.com:v3/org/proj/app", "ssh://org@vs-ssh.visualstudio.com:22/v3/org/proj/app", "ssh://org@vs-ssh.visualstudio.com:22/proj/_ssh/app",
			"ssh://org@vs-ssh.visualstudio.com/DefaultCollection/proj/_ssh/app", "ssh://org@org.visualstudio.com:22/proj/_git/app",
			"https://dev.azure.com/org/proj/_git/_full/app", "https://org.visualstudio.com/proj/_git/_optimized/app",
			"https://dev.azure.com/org/proj/_git/app?path=/src", "https://www.dev.azure.com/org/proj/_git/app",
			"https://ssh.dev.azure.com/v3/org/proj/app.git", "https://vs-ssh.visualstudio.com/v3/org/proj/app.git", "https://org.visualstudio.com/proj/_git/app.git",
		},
		"https://dev.azure.com/org/app/_git/app.git": {
			"https://dev.azure.com/org/_git/app", "https://org.visualstudio.com/_git/App", "https://org.visualstudio.com/DefaultCollection/_git/app",
			"git@ssh.dev.azure.com:v3/org/app/app", "ssh://org@vs-ssh.visualstudio.com/_ssh/app",
		},
		"https://dev.azure.com/org/my%20proj/_git/my%20app.git": {
			"git@ssh.dev.azure.com:v3/org/My%20Proj/My%20App", "https://dev.azure.com/org/My%20Proj/_git/My%20App", "https://org.visualstudio.com/my proj/_git/my app",
		},
		// Not what a forge offers: it stays what it is.
		"https://dev.azure.com/org/proj.git":                            {"https://dev.azure.com/org/proj"},
		"https://vs-ssh.visualstudio.com/proj/_ssh/app.git":             {"https://pat:x@vs-ssh.visualstudio.com/proj/_ssh/app", "ssh://vs-ssh.visualstudio.com/proj/_ssh/app"},
		"https://visualstudio.com/proj/_git/app.git":                    {"https://visualstudio.com/proj/_git/app"},
		"https://tfs.corp.example/tfs/DefaultCollection/P/_git/App.git": {"https://tfs.corp.example/tfs/DefaultCollection/P/_git/App", "ssh://tfs.corp.example:22/tfs/DefaultCollection/P/_git/App"},

		"https://git-codecommit.us-east-1.amazonaws.com/v1/repos/App.git": {
			"https://git-codecommit.us-east-1.amazonaws.com/v1/repos/App", "ssh://AKEY@git-codecommit.us-east-1.amazonaws.com/v1/repos/App",
			"ssh://git-codecommit.us-east-1.amazonaws.com:22/v1/repos/App/", "AKEY@git-codecommit.us-east-1.amazonaws.com:v1/repos/App", "https://me-at-1:pw@git-codecommit.us-east-1.amazonaws.com/v1/repos/App",
			"codecommit::us-east-1://App", "codecommit::us-east-1://profile@App", "codecommit::US-EAST-1://App", "us-east-1://App.git",
			"https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/App",
		},
		"https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/app.git":  {"codecommit::us-gov-west-1://app", "ssh://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/app"},
		"https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/app.git":  {"codecommit::cn-north-1://me@app", "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/app"},
		"https://git-codecommit.ap-southeast-2.amazonaws.com/v1/repos/app.git": {"codecommit::ap-southeast-2://app"},
		"codecommit://App.git":      {"codecommit://App", "codecommit://profile@App"},
		"eu://App.git":              {"codecommit::eu://App"},
		"us-east-1://a/b.git":       {"us-east-1://a/b"}, // no name of a repository there
		"https://us-east-1/app.git": {"ssh://us-east-1/app"},

		"https://github.com/me/app.git":            {"https://www.github.com/me/app", "ssh://git@www.github.com/me/app", "http://WWW.GitHub.com/Me/App.git/"},
		"https://gitlab.com/me/app.git":            {"https://www.gitlab.com/me/app", "git@gitlab.com:me/app"},
		"https://bitbucket.org/me/app.git":         {"https://www.bitbucket.org/me/app", "https://me@bitbucket.org/me/app.git"},
		"https://codeberg.org/me/app.git":          {"https://www.codeberg.org/me/app", "ssh://git@codeberg.org/me/app"},
		"https://git.corp.example/Me/app.git":      {"https://www.git.corp.example/Me/app"},
		"https://git.corp.example:8443/Me/app.git": {"https://www.git.corp.example:8443/Me/app"},
		"https://www.corp/app.git":                 {"https://www.corp/app"},
		"https://www/app.git":                      {"https://www/app"},
		"https://www.example/app.git":              {"https://www.example/app", "https://www.www.www.example/app"}, // a domain of its own

		"https://gist.github.com/0123456789abcdef0123.git": {
			"https://gist.github.com/me/0123456789abcdef0123", "git@gist.github.com:0123456789abcdef0123.git", "https://gist.github.com/0123456789abcdef0123.git",
			"git@gist.github.com:/0123456789abcdef0123", "https://gist.github.com/Me/0123456789ABCDEF0123.git", "https://me:token@gist.github.com/0123456789abcdef0123",
			"https://gist.github.com/me/0123456789abcdef0123.git", "git@gist.github.com:me/0123456789abcdef0123",
		},
		"https://gist.github.com/31337.git":     {"https://gist.github.com/me/31337", "git@gist.github.com:31337.git"},
		"https://gist.github.com/me/notes.git":  {"https://gist.github.com/me/notes"},
		"https://gist.github.com/a/b/c0de.git":  {"https://gist.github.com/a/b/c0de"},
		"https://gist.corp.example/me/c0de.git": {"https://gist.corp.example/me/c0de"},

		"https://huggingface.co/me/App.git":          {"git@hf.co:me/App", "https://huggingface.co/me/App", "https://hf.co/me/App", "ssh://git@hf.co/me/App.git", "https://user:hf_token@huggingface.co/me/App", "git@huggingface.co:me/App", "https://www.huggingface.co/me/App"},
		"https://huggingface.co/datasets/me/App.git": {"git@hf.co:datasets/me/App", "https://huggingface.co/datasets/me/App", "https://hf.co/datasets/me/App/"},
		"https://huggingface.co/spaces/me/App.git":   {"git@hf.co:spaces/me/App", "https://huggingface.co/spaces/me/App"},

		"rad://z42hL2jL4XNk6K8oHQaSWfMgCL7ji.git": {
			"rad://z42hL2jL4XNk6K8oHQaSWfMgCL7ji", "rad://z42hL2jL4XNk6K8oHQaSWfMgCL7ji/z6MksFqXN3Yhqk8pTJdUGLwATkRfQvwZXPqR2qMEhbS9wzpT",
			"rad://z42hL2jL4XNk6K8oHQaSWfMgCL7ji.git", "RAD://z42hL2jL4XNk6K8oHQaSWfMgCL7ji/", "rad://z42hL2jL4XNk6K8oHQaSWfMgCL7ji/z6MksFqXN3Yhqk8pTJdUGLwATkRfQvwZXPqR2qMEhbS9wzpT.git",
		},

		"https://source.developers.google.com/p/proj/r/app.git": {"ssh://me@corp.example@source.developers.google.com:2022/p/proj/r/app", "https://source.developers.google.com/p/proj/r/app"},
		"https://git.sr.ht/~me/app.git":                         {"git@git.sr.ht:~me/app", "https://git.sr.ht/~me/app"},
		"https://git.code.sf.net/p/proj/code.git":               {"ssh://me@git.code.sf.net/p/proj/code", "git://git.code.sf.net/p/proj/code", "https://git.code.sf.net/p/proj/code"},
		"https://git.launchpad.net/app.git":                     {"git+ssh://me@git.launchpad.net/app", "https://git.launchpad.net/app"},
	} {
		for _, url := range urls {
			got, err := Canonical(url)
			if err != nil || got != want {
				t.Errorf("Canonical(%q) = %q, %v; want %q", url, got, err, want)
			}
		}
		if again, err := Canonical(want); err != nil || again != want {
			t.Errorf("Canonical(%q) = %q, %v", want, again, err)
		}
	}
}

func FuzzForgesAreStable(f *testing.F) {
	for _, path := range []string{"v3/o/p/r", "v3/o/%2e%2e/r", "o/p/_git/r.git.git", "o/_git/.git", "00/.git", ".GIT", "defaultcollection/p/_ssh/_full/r", "v1/repos/.git", "me/c0de.GIT", "./x", "me/c0de/.git/"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, host := range []string{"git@ssh.dev.azure.com:", "https://dev.azure.com/", "ssh://o@vs-ssh.visualstudio.com/", "https://www.o.visualstudio.com/", "vs-ssh.visualstudio.com:", "https://gist.github.com/", "git@gist.github.com:",
			"rad://", "codecommit::us-east-1://", "https://git-codecommit-fips.us-east-1.amazonaws.com/", "git@hf.co:", "https://www.www.x.y/"} {
			got, err := Canonical(host + path)
			if err != nil {
				continue
			}
			if again, err := Canonical(got); err != nil || again != got {
				t.Errorf("Canonical(%q) = %q, and of that %q, %v", host+path, got, again, err)
			}
		}
	})
}
