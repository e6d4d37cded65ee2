package git

import (
	"context"
	"slices"
	"strings"

	"claude-sync/syncer/internal/giturl"
)

// settings is git's configuration for a repository, in the order in which git reads it. Sections and variables are
// in lower case, names between them as they are written.
type settings []setting

type setting struct{ name, value string }

// settingsOf asks git. The arguments before may say which repository.
func settingsOf(ctx context.Context, dir string, before ...string) (settings, error) {
	out, err := output(ctx, dir, append(before, "config", "--null", "--list")...)
	if err != nil {
		return nil, err
	}
	var s settings
	for entry := range strings.SplitSeq(out, "\x00") {
		name, value, _ := strings.Cut(entry, "\n")
		s = append(s, setting{name, value})
	}
	return s, nil
}

// get returns the last value, which counts, or "".
func (s settings) get(name string) string {
	for _, set := range slices.Backward(s) {
		if set.name == name {
			return set.value
		}
	}
	return ""
}

// isTrue is get for a variable that is true or false. Git writes only these spellings itself.
func (s settings) isTrue(name string) bool { return strings.EqualFold(s.get(name), "true") }

// Remote is a remote of a repository and the first URL from which it fetches.
type Remote struct {
	Name string
	// URL is as it is written if that is the whole URL. Only a shorthand such as gh:me/app is replaced by what
	// url.<base>.insteadOf makes of it: what the setting makes of a whole URL is this machine's way there, such
	// as a mirror, and not the repository.
	URL string
}

// remotes lists the remotes that have a URL. The first is the one that says which repository it is.
func (s settings) remotes(ctx context.Context, dir string, before ...string) ([]Remote, error) {
	var all []Remote
	for _, set := range s {
		name, ok := strings.CutPrefix(set.name, "remote.")
		if !ok || !strings.HasSuffix(name, ".url") {
			continue
		}
		name = strings.TrimSuffix(name, ".url")
		i := slices.IndexFunc(all, func(r Remote) bool { return r.Name == name })
		switch {
		case set.value == "" && i >= 0: // an empty value takes back the values before it
			all = slices.Delete(all, i, i+1)
		case set.value != "" && i < 0:
			all = append(all, Remote{name, s.identity(set.value)})
		}
	}
	first, err := s.choose(ctx, all, dir, before...)
	if i := slices.IndexFunc(all, func(r Remote) bool { return r.Name == first }); i > 0 {
		all = slices.Concat(all[i:i+1], all[:i], all[i+1:])
	}
	return all, err
}

// identity returns the URL that says which repository it is.
func (s settings) identity(url string) string {
	if giturl.IsWhole(url) {
		return url
	}
	base, longest := "", ""
	for _, set := range s {
		of, ok := strings.CutPrefix(set.name, "url.")
		of, isBase := strings.CutSuffix(of, ".insteadof")
		if ok && isBase && len(set.value) > len(longest) && strings.HasPrefix(url, set.value) {
			base, longest = of, set.value
		}
	}
	return base + url[len(longest):]
}

// choose returns the name of the remote that says which repository it is, if that is not the first in the file:
// origin; else the one that a person set for such questions; else upstream; else that of the default branch. The
// branch that happens to be checked out does not count.
func (s settings) choose(ctx context.Context, all []Remote, dir string, before ...string) (string, error) {
	has := func(name string) bool {
		return slices.ContainsFunc(all, func(r Remote) bool { return r.Name == name })
	}
	for _, name := range []string{"origin", s.get("checkout.defaultremote"), "upstream"} {
		if has(name) {
			return name, nil
		}
	}
	if len(all) < 2 {
		return "", nil
	}
	heads, err := remoteHeads(ctx, dir, before...)
	if err != nil {
		return "", err
	}
	if len(heads) == 1 && has(heads[0].remote) {
		return heads[0].remote, nil
	}
	var branches []string
	for _, h := range heads {
		branches = append(branches, h.branch)
	}
	for _, branch := range append(branches, s.get("init.defaultbranch"), "main", "master") {
		if name := s.get("branch." + branch + ".remote"); has(name) {
			return name, nil
		}
	}
	return "", nil
}

// head is the default branch of a remote, as git has learnt it by a clone or fetch.
type head struct{ remote, branch string }

// remoteHeads asks git, because a reference may be a file or a row of a table.
func remoteHeads(ctx context.Context, dir string, before ...string) ([]head, error) {
	lines, err := ask(ctx, dir, append(before, "for-each-ref", "--format=%(refname) %(symref)", "refs/remotes/**/HEAD")...)
	if err != nil {
		return nil, err
	}
	var heads []head
	for _, line := range lines {
		ref, to, _ := strings.Cut(line, " ")
		name := strings.TrimSuffix(strings.TrimPrefix(ref, "refs/remotes/"), "/HEAD")
		if branch, ok := strings.CutPrefix(to, "refs/remotes/"+name+"/"); ok {
			heads = append(heads, head{name, branch})
		}
	}
	return heads, nil
}
