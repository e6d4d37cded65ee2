package words

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	noName = "(no name)"
	// maxMarks is how many accents a letter may carry. Real texts need five (Hebrew with vowels and
	// cantillation); hundreds of them draw over the rows above and below.
	maxMarks = 6
)

// Label returns s as one line that is safe to show: at most limit characters, the last of them an ellipsis
// if s was cut. It is for names and titles that come from a file, another machine or another program.
//
// Label keeps the letters, marks, numbers, punctuation and symbols that Go's Unicode tables know. It folds
// white space to single spaces and removes:
//   - control characters, and characters that turn the reading direction (https://trojansource.codes);
//   - zero-width, default-ignorable and blank characters: joiners, soft hyphens, variation selectors, tags,
//     Hangul fillers, the empty Braille pattern. So a joined emoji comes apart into its parts;
//   - private, unassigned and replacement characters, and bytes that are not UTF-8;
//   - marks without a letter before them, and more than six marks on one letter.
//
// Label of a label is that label. A label is for show only: different names may have the same label
// (see Distinct), and another version of Unicode may keep other characters.
func Label(s string, limit int) string {
	if limit < 1 {
		return ""
	}
	var line []rune
	space, marks := false, 0 // marks is how many more marks may follow
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space, marks = len(line) > 0, 0
			continue
		case !shows(r), unicode.IsMark(r) && marks == 0:
			continue
		case unicode.IsMark(r):
			marks--
		default:
			marks = maxMarks
		}
		if space {
			line, space = append(line, ' '), false
		}
		// A prompt can be megabytes: stop at the first character that does not fit.
		if line = append(line, r); len(line) > limit {
			return strings.TrimRight(string(line[:limit-1]), " ") + "…"
		}
	}
	return string(line)
}

// Plain is Label without a limit.
func Plain(s string) string { return Label(s, math.MaxInt) }

// Path returns the name of a file as it may be shown: every character that Label would remove as unsafe or
// invisible becomes U+FFFD, and every byte that is not UTF-8. So a person sees that there is a character,
// and a name with hidden characters does not look like the name without them. Spaces stay as they are.
func Path(name string) string {
	return strings.Map(func(r rune) rune {
		if shows(r) || unicode.Is(unicode.Zs, r) {
			return r
		}
		return unicode.ReplacementChar
	}, name)
}

// shows reports whether r is visible, and does not change how its neighbours are shown.
func shows(r rune) bool {
	switch r {
	// Unicode counts these as symbols, letters or marks, but fonts draw nothing, or an empty box.
	case '\u2800', '\u2D7F', '\uFFFC', unicode.ReplacementChar, 0x1107F, 0x13441, 0x13442, 0x16FE4, 0x1D159:
		return false
	}
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Distinct returns a label for each name, of at most limit characters (16 or more). Different names never have
// the same label; two names are the same only if all their bytes are. A name that Label does not change is its
// own label. A name that Label changes gets a short hash of the whole name: "desktop #3fa2". So does a name
// whose accents are not composed (NFC), because it looks like the composed one, and a name that ends in such a
// hash, so that no name can imitate another's label. The order of names makes no difference.
func Distinct(names []string, limit int) map[string]string {
	for digits := 4; ; digits += 4 {
		labels := make(map[string]string, len(names))
		taken := make(map[string]string, len(names))
		unique := true
		for _, name := range names {
			label := distinct(name, digits, limit)
			other, twice := taken[label]
			unique = unique && (!twice || other == name)
			labels[name], taken[label] = label, name
		}
		// The whole hash has 64 digits.
		if unique || digits == 2*sha256.Size {
			return labels
		}
	}
}

// distinct returns the label of one name, with that many digits of its hash if it needs a hash.
func distinct(name string, digits, limit int) string {
	if name != "" && Label(name, limit) == name && norm.NFC.IsNormalString(name) && !endsInHash(name) {
		return name
	}
	hash := " #" + hashOf(name, digits)
	label := Label(name, limit-len(hash))
	if label == "" {
		label = Label(noName, limit-len(hash))
	}
	return strings.TrimLeft(label+hash, " ")
}

func hashOf(name string, digits int) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:digits]
}

func endsInHash(name string) bool {
	i := strings.LastIndex(" "+name, " #")
	return i >= 0 && len(name)-i-1 >= 4 && strings.Trim(name[i+1:], "0123456789abcdef") == ""
}

const (
	// machineLimit is how many characters of a machine's name people get to see.
	machineLimit = 40
	// machineDigits are those of a machine's hash: whoever can write into the sync folder chooses names, and
	// must not find two that look alike.
	machineDigits = 8
)

// Machine returns the label by which people and programs know a machine. Different names have different labels: a
// name of at most 40 visible characters is its own label, and any other label ends in a hash of the whole name. So
// a label stands for its machine, and no name can imitate another machine's label.
func Machine(name string) string {
	if name == "" {
		return "unnamed machine"
	}
	return distinct(name, machineDigits, machineLimit)
}
