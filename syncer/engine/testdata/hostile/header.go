package main

import (
	"fmt"
	"strings"
)

// each makes strays that have one member wrong; cases are name, value and reason in turn.
func each(about, memberName string, cases ...string) []pack {
	var all []pack
	for i := 0; i < len(cases); i += 3 {
		all = append(all, pack{about + "-" + cases[i], "stray", cases[i+2], with(memberName, cases[i+1])})
	}
	return all
}

// A session id becomes a file name, so nothing but a canonical UUID may pass.
func sessions() []pack {
	return each("session", "sessionId",
		"path-traversal", `"../../../../etc/cron.d/evil"`, `"../../../../etc/cron.d/evil" is not a UUID`,
		"path-traversal-of-36-bytes", `"../../../../../../../../../tmp/evil0"`, "is not a lower-case UUID",
		"backslashes-of-36-bytes", `"..\\..\\..\\..\\..\\..\\..\\Windows\\evil012"`, "is not a lower-case UUID",
		"absolute-path", `"/etc/passwd"`, "is not a UUID",
		"upper-case", `"A0000000-0000-4000-8000-00000000000A"`, "is not a lower-case UUID",
		"too-long", quoted(here+"0"), "37 bytes long, not 36",
		"10-kb", quoted(strings.Repeat("a", 10<<10)), "10240 bytes long, not 36",
		"empty", `""`, "0 bytes long, not 36",
		"nul", `"a0000000-0000-4000-8000-00000000000\u0000"`, `\x00" is not a lower-case UUID`,
		"newline", `"a0000000-0000-4000-8000-00000000000\n"`, `\n" is not a lower-case UUID`,
		"bidi", `"a0000000-0000-4000-8000-00000000\u202e0"`, `\u202e0" is not a lower-case UUID`,
		"arabic-digits", `"a0000000-0000-4000-8000-\u0661\u0662\u0663\u0664\u0665\u0666"`, "is not a lower-case UUID",
		"dashes-misplaced", `"a000000-00000-4000-8000-00000000000a"`, "is not a lower-case UUID",
		"braces", quoted("{"+here+"}"), "38 bytes long, not 36",
		"windows-device", `"NUL"`, `"NUL" is not a UUID`,
		"windows-device-with-extension", `"con.jsonl"`, `"con.jsonl" is not a UUID`,
		"ntfs-stream", quoted(here+":evil"), "41 bytes long, not 36",
		"trailing-dot", quoted(here+"."), "37 bytes long, not 36",
		"object", `{"a":"b"}`, `"sessionId" is not a string`,
		"array", quotedArray(here), `"sessionId" is not a string`,
		"null", `null`, `"sessionId" is not a string`,
		"number", `36`, `"sessionId" is not a string`,
		"missing", ``, `"sessionId" is missing`,
	)
}

func quotedArray(s string) string { return `["` + s + `"]` }

// A machine's name is a label: whatever stands there, the pack is fine, and what is shown is clean.
func machines() []pack {
	var all []pack
	for _, c := range [][3]string{
		{"control", `\u001b[31mdesk\u0007top\u0000\u009b0m`, "[31mdesktop0m #92d1969a"},
		{"bidi", `\u202edesk\u2066top\u2069\u200f (bidi)`, "desktop (bidi) #fd44caee"},
		{"newline", `desk\ntop (newline)\r\n`, "desk top (newline) #412b2f6c"},
		{"10-kb", strings.Repeat("m", 10<<10), strings.Repeat("m", 29) + "… #7525d9d2"},
		{"empty", ``, "unnamed machine"},
		{"nothing-but-control", `\u0001\u0002\u202e \t`, "(no name) #1229a5c6"},
		{"path", `../../../etc/passwd`, "../../../etc/passwd"},
		{"windows-path", `C:\\Windows\\System32`, `C:\Windows\System32`},
		{"lone-surrogate", `desk\ud800top (surrogate)`, "desktop (surrogate) #c1cd3d6a"},
		{"not-utf-8", "desk\xff\xfetop (bytes)", "desktop (bytes) #7051542d"},
		{"of-the-machine-that-looks", `laptop`, "laptop"},
		{"html", `<img src=x onerror=alert(1)>`, "<img src=x onerror=alert(1)>"},
	} {
		all = append(all, pack{"machine-" + c[0], "label", c[2], elsewhere("machineName", quoted(c[1]))})
	}
	return append(all, each("machine", "machineName",
		"number", `7`, `"machineName" is not a string`,
		"null", `null`, `"machineName" is not a string`,
		"object", `{"toString":"x"}`, `"machineName" is not a string`,
		"missing", ``, `"machineName" is missing`,
	)...)
}

func keys() []pack {
	const repo = "git:https://github.com/you/myapp.git"
	var all []pack
	// What is left of a key that can be understood has neither a secret nor a path in it.
	for _, c := range [][3]string{
		{"userinfo", `git:https://eve:s3cret@github.com/you/myapp.git`, repo},
		{"userinfo-twice", `git:https://eve:s3cret@x@github.com/you/myapp.git`, repo},
		{"query-with-token", `git:https://github.com/you/myapp.git?token=s3cret`, repo},
		{"dots-in-the-url", `git:https://github.com/../../you/./x/../myapp.git`, repo},
		{"name-windows-path", `name:C:\\Windows\\evil`, `name:C:\Windows\evil`},
		{"name-windows-device", `name:CON`, `name:CON`},
	} {
		all = append(all, pack{"key-" + c[0], "key", c[2], elsewhere("projectKey", quoted(c[1]))})
	}
	return append(all, each("key", "projectKey",
		"subdir-traversal", quoted(repo+"//../../../etc"), "is not a relative path",
		"subdir-hidden-traversal", quoted(repo+"//a/../../../etc"), "is not a relative path",
		"subdir-absolute", quoted(repo+"///etc"), "is not a relative path",
		"subdir-backslashes", quoted(repo+`//..\\..\\evil`), "is not a relative path",
		"subdir-drive", quoted(repo+"//C:/Windows"), "is not a relative path",
		"name-traversal", `"name:../../evil"`, "is not the name of a folder",
		"name-dots", `"name:.."`, "is not the name of a folder",
		"name-absolute", `"name:/etc"`, "is not the name of a folder",
		"name-empty", `"name:"`, "is not the name of a folder",
		"control", `"name:my\u001b[2Japp"`, "control or direction characters",
		"newline", `"name:my\napp"`, "control or direction characters",
		"bidi", `"name:my\u202eppa"`, "control or direction characters",
		"zero-width", `"name:my\u200bapp"`, "control or direction characters",
		"wrong-prefix", `"svn:https://example.com/x"`, "neither the prefix git:",
		"without-prefix", `"/home/eve/myapp"`, "neither the prefix git:",
		"windows-path", `"C:\\Users\\eve\\myapp"`, "neither the prefix git:",
		"empty", `""`, "neither the prefix git:",
		"10-kb", quoted("name:"+strings.Repeat("k", 10<<10)), "longer than 2048",
		"ssh-option", `"git:ssh://-oProxyCommand=evil/x"`, "characters in its host that no host has",
		"host-with-secret", `"git:https://eve:s3cret@exa mple.com/x"`, "characters in its host that no host has",
		"port-too-large", `"git:https://github.com:99999/you/myapp.git"`, "port that is not a number",
		"without-repository", `"git:https://github.com/"`, "names no repository",
		"number", `1`, `"projectKey" is not a string`,
		"null", `null`, `"projectKey" is not a string`,
		"missing", ``, `"projectKey" is missing`,
		"of-another-project", `"name:other"`, "belongs to another project (name:other); here its session is in name:myapp",
	)...)
}

func versions() []pack {
	return each("version", "_schemaVersion",
		"0", `0`, "schema 0, this one reads schema 1",
		"2", `2`, "made by a newer claude-sync: schema 2",
		"1.5", `1.5`, "schema 1.5",
		"1.0", `1.0`, "schema 1.0",
		"1e0", `1e0`, "schema 1e0",
		"negative", `-1`, "schema -1",
		"negative-zero", `-0`, "schema -0",
		"huge", strings.Repeat("9", 10<<10), "schema 99999",
		"string", `"1"`, `"_schemaVersion" is not a number`,
		"null", `null`, `"_schemaVersion" is not a number`,
		"true", `true`, `"_schemaVersion" is not a number`,
		"leading-zero", `01`, "schema 0",
		"missing", ``, `"_schemaVersion" is missing`,
	)
}

func lineCounts() []pack {
	return each("linecount", "lineCount",
		"negative", `-1`, `"lineCount" is -1, not a whole number`,
		"float", `1.0`, `"lineCount" is 1.0, not a whole number`,
		"exponent", `1e3`, `"lineCount" is 1e3, not a whole number`,
		"string", `"1"`, `"lineCount" is not a number`,
		"null", `null`, `"lineCount" is not a number`,
		"too-small", `0`, "lineCount says 0, the transcript has 1 lines",
		"too-large", `3`, "lineCount says 3, the transcript has 1 lines",
		"largest", `9223372036854775807`, "lineCount says 9223372036854775807",
		"huge", strings.Repeat("9", 10<<10), `"lineCount" is 99999`,
		"missing", ``, `"lineCount" is missing`,
	)
}

func times() []pack {
	far := elsewhere("machineName", `"of the year 40000"`, "exportedAt", `1200154060800000`)
	return append(each("time", "exportedAt",
		"negative", `-1`, `"exportedAt" is -1, not a whole number`,
		"float", `1715380000000.5`, `"exportedAt" is 1715380000000.5, not a whole number`,
		"string", `"2024-05-10T22:26:40Z"`, `"exportedAt" is not a number`,
		"null", `null`, `"exportedAt" is not a number`,
		"beyond-64-bits", `9223372036854775808`, `"exportedAt" is 9223372036854775808, not a whole number`,
		"missing", ``, `"exportedAt" is missing`,
	), pack{"time-year-40000", "label", "of the year 40000", far})
}

// truncated are packs of which a sync tool has brought the beginning.
func truncated() []pack {
	data := with()
	all := []pack{
		{"truncated-to-nothing", "later", "ends in the middle", ""},
		{"truncated-to-white-space", "later", "ends in the middle", " \r\n\t"},
		{"truncated-before-the-last-brace", "later", "ends in the middle", strings.TrimSuffix(data, "\n}")},
		{"truncated-in-an-escape", "later", "ends in the middle", data[:strings.Index(data, `\n"`)+1]},
		{"truncated-in-a-unicode-escape", "later", "ends in the middle", data[:strings.Index(data, `\n"`)] + `\u00`},
		{"truncated-in-a-member-behind", "later", "ends in the middle", strings.TrimSuffix(behind(data, `"x"`, `"yyy"`), "y\"\n}")},
	}
	for i, m := range healthy() {
		cut := strings.Index(data, m.name+":") + len(m.name) + 1 + len(m.value)/2
		all = append(all, pack{fmt.Sprintf("truncated-in-member-%d", i+1), "later", "ends in the middle", data[:cut]})
	}
	return all
}
