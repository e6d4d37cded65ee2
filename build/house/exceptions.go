package house

import "slices"

// An offence is one place where a package breaks a limit.
type offence struct {
	dir   string // the package
	limit string // which limit, in the words that an exception uses
	text  string // for a person
}

// An exception is a limit that a package breaks for now.
type exception struct{ dir, limit string }

// exceptions returns the known offences. The list may only shrink: a test fails if the code does not need one of
// them any more.
func exceptions() []exception {
	return nil
}

// allowing returns a rule's check that leaves out the exceptions.
func allowing(find func(tree) []offence) func(tree) []string {
	return func(all tree) []string {
		var bad []string
		for _, o := range find(all) {
			if !slices.Contains(exceptions(), exception{o.dir, o.limit}) {
				bad = append(bad, o.text)
			}
		}
		return bad
	}
}

// unneeded returns the exceptions that the code does not need.
func unneeded(all tree, allowed []exception) []exception {
	var needed []exception
	for _, find := range []func(tree) []offence{againstTheStream, upwards, tooLarge, banned, clocks} {
		for _, o := range find(all) {
			needed = append(needed, exception{o.dir, o.limit})
		}
	}
	return slices.DeleteFunc(slices.Clone(allowed), func(e exception) bool { return slices.Contains(needed, e) })
}
