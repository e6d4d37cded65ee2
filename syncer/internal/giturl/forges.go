package giturl

import (
	"slices"
	"strings"
)

// ofForge returns the URL by which a forge's web page offers the repository, if the forge documents several, and
// whether the forge ignores case in owners and repositories. It gives any other URL back.
func (u URL) ofForge() (forge URL, fold bool) {
	if !reachesHost(u.Proto) {
		return u.ofHelper(), false
	}
	host, err := canonicalHost(u.Host)
	if err != nil {
		return u, false // the caller returns the error
	}
	if main, ok := mainHost(host); ok {
		u.Host, host = main, main
	}
	org, isOld := strings.CutSuffix(host, ".visualstudio.com")
	switch {
	case host == "github.com", host == "gitlab.com", host == "bitbucket.org", host == "codeberg.org":
		return u, true
	case host == "gist.github.com":
		if segs := bare(u.Path, true); len(segs) == 2 && isHex(segs[1]) {
			u.Path = segs[1:] // without the owner, whom only the web page's URL has
		}
		return u, true
	case host == "dev.azure.com":
		return azure(u, bare(u.Path, true)), true
	case isOld && !strings.Contains(org, "."):
		return visualStudio(u, org, bare(u.Path, true)), true
	case host == "source.developers.google.com" && u.Port == "2022":
		u.Port = "" // for ssh (https://cloud.google.com/source-repositories/docs/authentication)
	}
	return u, false
}

// ofHelper is ofForge for URLs that git gives to a helper.
func (u URL) ofHelper() URL {
	segs := bare(u.Path, false)
	switch {
	case u.Proto == "rad" && len(segs) == 2:
		// rad://<repository>/<node>: the node is whose copy is pushed to (https://radicle.xyz/guides/user).
		u.Path = segs[:1]
	case isRegion(u.Proto) && len(segs) == 1:
		return codeCommit(u, segs[0])
	}
	return u
}

// mainHost returns the host of a forge's web page if host is another one of it: that for ssh on port 443, for ssh
// alone, or a short name.
// https://docs.github.com/en/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
func mainHost(host string) (main string, ok bool) {
	switch host {
	case "ssh.github.com":
		return "github.com", true
	case "altssh.gitlab.com":
		return "gitlab.com", true
	case "altssh.bitbucket.org":
		return "bitbucket.org", true
	case "ssh.dev.azure.com":
		return "dev.azure.com", true
	case "hf.co":
		return "huggingface.co", true
	}
	region, ok := strings.CutPrefix(host, "git-codecommit-fips.")
	return "git-codecommit." + region, ok
}

// isForge reports whether a host is a public forge's, whose name is the same everywhere.
func isForge(host string) bool {
	if _, ok := mainHost(host); ok {
		return true
	}
	switch host {
	case "github.com", "gist.github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "dev.azure.com", "huggingface.co",
		"vs-ssh.visualstudio.com", "source.developers.google.com", "git.sr.ht":
		return true
	}
	return false
}

// visualStudio is azure for the host <organisation>.visualstudio.com, which Azure DevOps had before, and for its ssh
// host. There the organisation is in the path, or the name of the user.
func visualStudio(u URL, org string, segs []string) URL {
	switch {
	case org == "vs-ssh" && len(segs) > 0 && strings.EqualFold(segs[0], "v3"):
		return azure(u, segs)
	case org == "vs-ssh" && isSSH(u.Proto):
		org = u.User
	}
	if org == "" || org == "vs-ssh" {
		return u
	}
	return azure(u, slices.Concat([]string{org}, segs))
}

// azure makes one of the ways to write a repository of Azure DevOps:
//
//	v3/<organisation>/<project>/<repository>                                      by ssh
//	<organisation>[/DefaultCollection]/<project>/_git[/_full]/<repository>        "_ssh" in old URLs by ssh
//	<organisation>[/DefaultCollection]/_git[/_full]/<repository of the same name as the project>
func azure(u URL, segs []string) URL {
	var org, project, repository string
	if len(segs) == 4 && strings.EqualFold(segs[0], "v3") {
		// The short form of ssh has no encoding, but Azure's has.
		org, project, repository = Unescape(segs[1]), Unescape(segs[2]), Unescape(segs[3])
		if slices.ContainsFunc([]string{org, project, repository}, func(s string) bool { return s == "." || s == ".." }) {
			return u
		}
	} else {
		is := func(i int, names ...string) bool {
			return i >= 0 && i < len(segs) && slices.Contains(names, lowerASCII(segs[i]))
		}
		if is(1, "defaultcollection") {
			segs = slices.Delete(segs, 1, 2)
		}
		if is(len(segs)-2, "_full", "_optimized") {
			segs = slices.Delete(segs, len(segs)-2, len(segs)-1)
		}
		if !is(len(segs)-2, "_git", "_ssh") || len(segs) != 3 && len(segs) != 4 {
			return u
		}
		org, project, repository = segs[0], segs[len(segs)-3], segs[len(segs)-1]
		if len(segs) == 3 {
			project = repository
		}
	}
	u.Host, u.Path = "dev.azure.com", []string{org, project, "_git", repository}
	return u
}

// codeCommit is for the URLs of AWS' own helper, codecommit::<region>://[<profile>@]<repository>.
// https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-git-remote-codecommit.html
func codeCommit(u URL, repository string) URL {
	domain := ".amazonaws.com"
	if strings.HasPrefix(u.Proto, "cn-") {
		domain += ".cn"
	}
	return URL{Proto: "https", Host: "git-codecommit." + u.Proto + domain, Path: []string{"v1", "repos", repository}}
}

// isRegion reports whether a URL's scheme is the name of a region of AWS, such as us-gov-west-1.
func isRegion(proto string) bool {
	parts := strings.Split(proto, "-")
	for i, part := range parts {
		want := isASCIILetter
		if i == len(parts)-1 {
			want = isDigit
		}
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !want(r) }) {
			return false
		}
	}
	return len(parts) >= 3 && len(parts[0]) == 2
}

func isHex(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isDigit(r) && (r|0x20 < 'a' || r|0x20 > 'f') })
}

// bare returns a path without what git does not need at its end: ".git", or "/.git".
func bare(segs []string, fold bool) []string {
	is := func(s string) bool { return s == suffix || fold && lowerASCII(s) == suffix }
	for len(segs) > 0 && is(segs[len(segs)-1]) {
		segs = segs[:len(segs)-1]
	}
	if len(segs) == 0 {
		return nil
	}
	segs = slices.Clone(segs)
	last := &segs[len(segs)-1]
	if end := len(*last) - len(suffix); end > 0 && is((*last)[end:]) {
		*last = (*last)[:end]
	}
	return segs
}
