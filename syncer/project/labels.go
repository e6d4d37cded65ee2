package project

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"claude-sync/syncer/internal/giturl"
	"claude-sync/syncer/words"
)

// maxLabel is in characters. It keeps a menu row readable if a pack has a long name for its project.
const maxLabel = 60

// Labels returns for each key the shortest text that no other key has: "myapp"; else "you/myapp"; else
// "github.com/you/myapp". No two keys share a label, and every label is a words.Short. Order and repetition of
// keys make no difference. Labels are for people only: they change if projects are added.
func Labels(keys []Key) map[Key]string {
	// Each round lengthens only the labels that clash. A longer label can clash again ("you/myapp" may be the
	// folder myapp of the repository you). The rounds end because each key has few candidates.
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	level := make(map[Key]int, len(keys))
	for raised := true; raised; {
		raised = false
		for _, clashing := range byLabel(keys, level) {
			if len(clashing) > 1 && raise(clashing, level) {
				raised = true
			}
		}
	}
	return numbered(byLabel(keys, level))
}

// raise lengthens the labels of keys that clash. A folder without a remote keeps its name if any of the others
// can have a longer one, because the folder has only its name.
func raise(clashing []Key, level map[Key]int) bool {
	longer := slices.DeleteFunc(clashing, func(k Key) bool { return level[k] == len(candidates(k))-1 })
	if slices.ContainsFunc(longer, func(k Key) bool { return !k.ByName() }) {
		longer = slices.DeleteFunc(longer, Key.ByName)
	}
	for _, k := range longer {
		level[k]++
	}
	return len(longer) > 0
}

// byLabel groups the keys by their labels at the current levels.
func byLabel(keys []Key, level map[Key]int) map[string][]Key {
	groups := make(map[string][]Key, len(keys))
	for _, k := range keys {
		label := candidates(k)[level[k]]
		groups[label] = append(groups[label], k)
	}
	return groups
}

// numbered adds numbers to the labels that still clash, and returns all labels.
func numbered(groups map[string][]Key) map[Key]string {
	labels := make(map[Key]string)
	for label, keys := range groups {
		n := 1
		for _, k := range keys {
			text := label
			for len(keys) > 1 && (n == 1 || groups[text] != nil) {
				text = fmt.Sprintf("%s (%d)", label, n)
				n++
			}
			labels[k] = text
		}
	}
	return labels
}

// candidates returns the possible labels of a key, from the shortest to the whole key.
func candidates(k Key) []string {
	base, sub := k.split()
	tail := ""
	if sub != "" {
		tail = "/" + sub
	}
	address := strings.TrimSuffix(strings.TrimPrefix(string(base), gitPrefix), suffix)
	if _, rest, ok := giturl.CutScheme(address); ok {
		address = strings.TrimPrefix(rest, "/")
	}
	name := k.fullName()
	texts := []string{name}
	if strings.HasPrefix(string(k), gitPrefix) {
		owner := path.Base(path.Dir(address))
		texts = append(texts, giturl.Unescape(owner)+"/"+name, giturl.Unescape(address)+tail)
	}
	texts = append(texts, string(k))
	for i, t := range texts {
		texts[i] = words.Short(t, maxLabel)
	}
	return texts
}
