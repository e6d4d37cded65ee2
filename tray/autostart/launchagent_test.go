package autostart

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLaunchAgentIsWrittenSo(t *testing.T) {
	got := string(composePlist(entry("/Applications/A & B.app/Contents/MacOS/claude-sync", "<tray>")))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>claude-sync</string>
	<key>ProgramArguments</key>
	<array>
		<string>/Applications/A &amp; B.app/Contents/MacOS/claude-sync</string>
		<string>&lt;tray&gt;</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLaunchAgentIsReadAsOthersWriteIt(t *testing.T) {
	const args = "<key>ProgramArguments</key><array><string>/a</string><string></string></array>"
	for _, c := range []struct {
		name, dict string
		want       State
	}{
		{"on", args + "<key>RunAtLoad</key><true/>", On},
		{"not at load", args + "<key>RunAtLoad</key><false/>", SwitchedOff},
		{"no word of load", args, SwitchedOff},
		{"disabled", args + "<key>RunAtLoad</key><true/><key>Disabled</key><true/>", SwitchedOff},
		{"not disabled", "<key>Disabled</key><false/><key>RunAtLoad</key><true/>" + args, On},
		{"more keys", "<key>KeepAlive</key><dict><key>Disabled</key><true/></dict>" + args + "<key>RunAtLoad</key><true/>", On},
	} {
		got, err := parsePlist([]byte(`<plist version="1.0"><dict>` + c.dict + `</dict></plist>`))
		if err != nil || got.State != c.want || !slices.Equal(got.Exec, []string{"/a", ""}) {
			t.Errorf("%s: got %s %q, error %v, want %s", c.name, got.State, got.Exec, err, c.want)
		}
	}
}

func TestLaunchAgentThatStartsNothingIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"empty":        "",
		"binary":       "bplist00\xd1\x01",
		"torn":         "<plist><dict><key>Program",
		"other root":   "<html/>",
		"no arguments": "<plist><dict><key>RunAtLoad</key><true/></dict></plist>",
		"no dict":      "<plist/>",
	} {
		if got, err := parsePlist([]byte(text)); err == nil {
			t.Errorf("%s: got %s %q, want an error", name, got.State, got.Exec)
		}
	}
}

func TestLaunchdsOwnListOfDisabledIsRead(t *testing.T) {
	const output = "\n\tdisabled services = {\n" +
		"\t\t\"com.apple.x\" => enabled\n\t\t\"claude-sync\" => %s\n\t\t\"claude-sync-beta\" => disabled\n\t}\n"
	for state, want := range map[string]bool{"disabled": true, "enabled": false, "true": true, "false": false} {
		if got := disabledBy(strings.Replace(output, "%s", state, 1), "claude-sync"); got != want {
			t.Errorf("%s: got %v, want %v", state, got, want)
		}
	}
	if disabledBy(output, "claude") || disabledBy("", "claude-sync") {
		t.Error("a label that is not listed counts as disabled")
	}
}

func FuzzLaunchAgentIsReadBack(f *testing.F) {
	for _, a := range nasty() {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, a string) {
		if !utf8.ValidString(a) || strings.ContainsFunc(a, forbidden) {
			return // refused by Enable
		}
		want := []string{"/p", a}
		got, err := parsePlist(composePlist(Entry{ID: "x", Exec: want}))
		if err != nil || got.State != On || !slices.Equal(got.Exec, want) {
			t.Errorf("got %s %q, error %v, want %q", got.State, got.Exec, err, want)
		}
	})
}

func FuzzParsePlist(f *testing.F) {
	f.Add(string(composePlist(entry("/a", "b"))))
	f.Fuzz(func(t *testing.T, text string) {
		if st, err := parsePlist([]byte(text)); err == nil && (st.State == Off || st.Program() != st.Exec[0]) {
			t.Errorf("got %s %q", st.State, st.Exec)
		}
	})
}
