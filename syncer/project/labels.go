package project

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"claude-sync/syncer/words"
)

// maxLabel keeps a menu row readable, whatever a pack calls its project.
const maxLabel = 60

// Labels returns for each key the shortest text that tells it from the other keys: "myapp"; where two
// would clash "you/myapp"; then "github.com/you/myapp". No two keys share a label, no label has control
// characters, and neither the order of keys nor repeated ones make a difference. A label is for people:
// it changes when other projects come.
func Labels(keys []Key) map[Key]string {
	// Each round lengthens only labels that clash, and lengthening can make new clashes ("you/myapp" may be
	// the folder myapp of the repository you); every key has few candidates, so the rounds end.
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

// raise lengthens the labels of keys. A folder without a remote keeps its name while others can have a
// longer one: there is nothing more to say of it.
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

// byLabel groups the keys by the label each would have now.
func byLabel(keys []Key, level map[Key]int) map[string][]Key {
	groups := make(map[string][]Key, len(keys))
	for _, k := range keys {
		label := candidates(k)[level[k]]
		groups[label] = append(groups[label], k)
	}
	return groups
}

// numbered is the last resort, for keys that are one text to the eye.
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

// candidates are the texts for a key, from the shortest to the whole.
func candidates(k Key) []string {
	base, sub := k.split()
	tail := ""
	if sub != "" {
		tail = "/" + sub
	}
	address := strings.TrimSuffix(strings.TrimPrefix(string(base), gitPrefix), suffix)
	if _, rest, ok := cutScheme(address); ok {
		address = strings.TrimPrefix(rest, "/")
	}
	name := k.fullName()
	texts := []string{name}
	if strings.HasPrefix(string(k), gitPrefix) {
		owner := path.Base(path.Dir(address))
		texts = append(texts, unescape(owner)+"/"+name, unescape(address)+tail)
	}
	texts = append(texts, string(k))
	for i, t := range texts {
		texts[i] = words.Short(t, maxLabel)
	}
	return texts
}
