package words

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Names returns the names, each once, in the order in which people look for them: case and accents count only between
// names that are the same without them. It keeps all as it is.
//
// A collation of golang.org/x/text would also know the alphabets of languages, but adds 1.6 MB to the program.
func Names(all []string) []string {
	folded := make(map[string]string, len(all))
	for _, name := range all {
		folded[name] = fold(name)
	}
	names := slices.SortedFunc(slices.Values(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(folded[a], folded[b]), cmp.Compare(a, b))
	})
	return slices.Compact(names)
}

// fold returns the name without case, accents and what stands before its first letter or number.
func fold(name string) string {
	name = strings.TrimLeftFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
}
