package main

import (
	"fmt"
	"strings"
)

// notPacks are files of another kind, or more than a pack.
func notPacks() []pack {
	data := with()
	var wide strings.Builder
	for _, c := range data {
		fmt.Fprintf(&wide, "%c\x00", c)
	}
	return []pack{
		{"file-of-nuls", "stray", `invalid character '\x00'`, strings.Repeat("\x00", 5000)},
		{"file-gzip", "stray", `invalid character '\x1f'`, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xcc\x02\x00"},
		{"file-zip", "stray", "invalid character 'P'", "PK\x03\x04\x14\x00\x00\x00"},
		{"file-html-error-page", "stray", "invalid character '<'", "<!DOCTYPE html>\n<title>507 Insufficient Storage</title>\n"},
		{"file-conflict-markers", "stray", "invalid character '<'", "<<<<<<< HEAD\n" + data},
		{"file-bom", "stray", "invalid character 'ï'", "\xef\xbb\xbf" + data},
		{"file-utf-16-le", "stray", "invalid character 'ÿ'", "\xff\xfe" + wide.String()},
		{"file-utf-16-be", "stray", "invalid character 'þ'", "\xfe\xff\x00" + strings.TrimSuffix(wide.String(), "\x00")},
		{"file-utf-16-without-bom", "stray", `invalid character '\x00'`, wide.String()},
		{"file-array", "stray", "it is not a JSON object", "[" + data + "]"},
		{"file-string", "stray", "it is not a JSON object", `"` + here + `"`},
		{"file-null", "stray", "it is not a JSON object", "null"},
		{"file-empty-object", "stray", `"_schemaVersion" is missing`, "{}"},
		{"file-jsonl", "stray", `"_schemaVersion" is missing`, strings.Repeat(`{"type":"user","uuid":"eve"}`+"\n", 3)},
		{"trailing-garbage", "stray", "something follows the end of the pack", data + "garbage"},
		{"trailing-nuls", "stray", "something follows the end of the pack", data + strings.Repeat("\x00", 4096)},
		{"trailing-second-pack", "stray", "something follows the end of the pack", data + "\n" + data},
		{"trailing-comma", "stray", "invalid character '}'", strings.TrimSuffix(data, "\n}") + ",\n}"},
		{"comment", "stray", "invalid character '/'", strings.Replace(data, "{", "{ // by hand", 1)},
		{"single-quotes", "stray", `invalid character '\''`, strings.ReplaceAll(data, `"`, "'")},
	}
}

// nested is depth that must cost no stack. In a member that is known it is of the wrong type at once; in
// one that is not, it is only skipped.
func nested() []pack {
	const depth = 10_000
	brackets := strings.Repeat("[", depth) + strings.Repeat("]", depth)
	objects := strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth)
	return []pack{
		{"nested-brackets", "label", "deep", before(elsewhere("machineName", `"deep"`), `"x"`, brackets)},
		{"nested-objects", "label", "deeper", before(elsewhere("machineName", `"deeper"`), `"x"`, objects)},
		{"nested-brackets-behind", "version", here, behind(with("lineCount", "0", "jsonl", `""`), `"x"`, brackets)},
		{"nested-unclosed", "later", "ends in the middle", `{"x":` + strings.Repeat("[", depth)},
		{"nested-unclosed-behind", "later", "ends in the middle", strings.TrimSuffix(with(), "\n}") + `,"x":` + strings.Repeat("[", depth)},
		{"nested-crosswise", "stray", "invalid character '}'", before(with(), `"x"`, `[[[}]]`)},
		{"nested-session", "stray", `"sessionId" is not a string`, with("sessionId", brackets)},
		{"nested-version", "stray", `"_schemaVersion" is not a number`, with("_schemaVersion", objects)},
		{"nested-jsonl", "stray", `"jsonl" is not a string`, with("jsonl", brackets)},
	}
}

// doubled has each member twice: readers of JSON do not agree on which one counts, and one that is checked
// must be the one that is used.
func doubled() []pack {
	var all []pack
	for _, m := range healthy() {
		name := strings.Trim(m.name, `"_`)
		reason := fmt.Sprintf("member %s stands there twice", m.name)
		spelled := fmt.Sprintf(`"\u%04x%s`, m.name[1], m.name[2:])
		all = append(all, pack{"twice-" + strings.ToLower(name) + "-behind", "stray", reason, behind(with(), m.name, m.value)},
			pack{"twice-" + strings.ToLower(name) + "-behind-escaped", "stray", reason, behind(with(), spelled, m.value)})
		if m.name != `"jsonl"` { // a second one is always behind the first
			all = append(all, pack{"twice-" + strings.ToLower(name), "stray", reason, before(with(), m.name, m.value)},
				pack{"twice-" + strings.ToLower(name) + "-escaped", "stray", reason, before(with(), spelled, m.value)})
		}
	}
	return all
}

// oddStrings are strings that JSON does not have, in the header and in the transcript.
func oddStrings() []pack {
	transcript := func(s string) string { return with("jsonl", quoted(s)) }
	return []pack{
		{"raw-newline-in-header", "stray", `invalid character '\n' in string literal`, with("originalCwd", "\"/home\n/eve\"")},
		{"raw-escape-in-header", "stray", `invalid character '\x1b' in string literal`, with("machineName", "\"\x1b[31m\"")},
		{"raw-newline-in-transcript", "stray", "raw control character 0x0a", transcript(row + "\n")},
		{"raw-nul-in-transcript", "stray", "raw control character 0x00", transcript(row + "\x00")},
		{"raw-escape-in-transcript", "stray", "raw control character 0x1b", transcript(row + "\x1b]0;evil\x07")},
		{"transcript-half-nuls", "stray", "raw control character 0x00", strings.Split(with(), `eve\"`)[0] + strings.Repeat("\x00", 5000)},
		{"bad-escape-in-header", "stray", "invalid character 'q' in string escape code", with("machineName", `"\q"`)},
		{"bad-hex-in-header", "stray", `in \u hexadecimal character escape`, with("machineName", `"\u12G4"`)},
		{"bad-escape-in-transcript", "stray", "unknown escape", transcript(`\x41`)},
		{"bad-hex-in-transcript", "stray", `broken escape "\\u12G4"`, transcript(`\u12G4` + row)},
		{"bad-hex-at-the-end", "stray", `broken escape "\\u12\"`, transcript(`\u12`)},
		{"lone-high-surrogate", "stray", `lone surrogate \ud83d`, transcript(`\ud83d` + row)},
		{"lone-high-surrogate-at-the-end", "stray", `lone surrogate \ud83d`, transcript(row + `\ud83d`)},
		{"lone-low-surrogate", "stray", `lone surrogate \udc00`, transcript(`\udc00` + row)},
		{"surrogates-reversed", "stray", `lone surrogate \ude00`, transcript(`\ude00\ud83d` + row)},
		{"two-high-surrogates", "stray", `lone surrogate \ud83d`, transcript(`\ud83d\ud83d\ude00` + row)},
	}
}

func transcripts() []pack {
	return append(each("jsonl", "jsonl",
		"number", `1`, `"jsonl" is not a string`,
		"null", `null`, `"jsonl" is not a string`,
		"object", `{"type":"user"}`, `"jsonl" is not a string`,
		"array", `["{}"]`, `"jsonl" is not a string`,
		"missing", ``, `"jsonl" is missing`,
	),
		pack{"jsonl-empty", "version", here, with("lineCount", "0", "jsonl", `""`)},
		pack{"jsonl-empty-counted-as-one-line", "version", here, with("jsonl", `""`)},
		pack{"jsonl-without-colon", "stray", `"jsonl" is not a string`, strings.Replace(with(), `"jsonl":`, `"jsonl"`, 1)},
		pack{"jsonl-with-two-colons", "stray", `"jsonl" is not a string`, strings.Replace(with(), `"jsonl":`, `"jsonl"::`, 1)},
	)
}

// rowsOfAllKinds are packs in which only the rows are hostile. A row is bytes in, bytes out.
func rowsOfAllKinds() []pack {
	many := strings.Repeat(`{\"uuid\":\"one\"}\n`, 500)
	names := []string{"uuid-10-kb", "uuid-500-times", "uuid-path", "uuid-control", "uuid-no-string", "nul-escape", "bytes-not-utf-8",
		"no-json", "nested", "blank", "time-year-9999", "time-year-2099", "title-control"}
	texts := []string{
		`{\"uuid\":\"` + strings.Repeat("u", 10<<10) + `\"}\n`, many, `{\"uuid\":\"../../../etc/passwd\"}\n`,
		`{\"uuid\":\"\u001b[2J\u202e\"}\n`, `{\"uuid\":{\"uuid\":7}}\n`, `{\"uuid\":\"1\",\"text\":\"\u0000\"}\n`, `{\"uuid\":\"\udcff\udc80\"}\n`,
		`\u0000\u0007garbage\n`, strings.Repeat("[", 10_000) + `\n`, `\n\n\r\n \n`,
		`{\"uuid\":\"1\",\"timestamp\":\"9999-12-31T23:59:59Z\"}\n`, `{\"uuid\":\"1\",\"timestamp\":\"2099-12-31T23:59:59Z\"}\n`,
		`{\"type\":\"custom-title\",\"customTitle\":\"\u001b]0;evil\u0007\u202e` +
			strings.Repeat("t", 10<<10) + `\"}\n`,
	}
	var all []pack
	for i, text := range texts {
		id := fmt.Sprintf("c0000000-0000-4000-8000-0000000000%02d", i)
		lines := fmt.Sprint(strings.Count(text, `\n`))
		all = append(all, pack{"rows-" + names[i], "taken", id, with("sessionId", quoted(id), "lineCount", lines, "jsonl", quoted(text))})
	}
	return all
}
