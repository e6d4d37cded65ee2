package autostart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A launch agent is an XML property list with one <dict> of <key>s and values (man launchd.plist). Ours has Label,
// ProgramArguments and RunAtLoad; the reader also knows Disabled. It has no KeepAlive, because a person who quits the
// program does not want it back.

// composePlist writes the agent. LimitLoadToSessionType keeps it out of sessions without a screen (ssh),
// ProcessType keeps the system from throttling it as background work.
func composePlist(e Entry) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString(`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n")
	b.WriteString("<plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t")
	writeString(&b, e.ID)
	b.WriteString("\t<key>ProgramArguments</key>\n\t<array>\n")
	for _, a := range e.Exec {
		b.WriteString("\t\t")
		writeString(&b, a)
	}
	b.WriteString("\t</array>\n\t<key>RunAtLoad</key>\n\t<true/>\n")
	b.WriteString("\t<key>LimitLoadToSessionType</key>\n\t<string>Aqua</string>\n")
	b.WriteString("\t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n")
	return b.Bytes()
}

// writeString cannot fail: a bytes.Buffer takes everything.
func writeString(b *bytes.Buffer, s string) {
	b.WriteString("<string>")
	_ = xml.EscapeText(b, []byte(s))
	b.WriteString("</string>\n")
}

// A plistValue is any value of a property list, without its attributes.
type plistValue struct {
	XMLName xml.Name
	Text    string       `xml:",chardata"`
	Items   []plistValue `xml:",any"`
}

// parsePlist reads an agent, which may be edited. An agent without RunAtLoad does not start at login.
func parsePlist(text []byte) (Status, error) {
	var list struct {
		XMLName xml.Name   `xml:"plist"`
		Dict    plistValue `xml:"dict"`
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&list); err != nil {
		if errors.Is(err, io.EOF) {
			return Status{}, errors.New("property list is empty")
		}
		return Status{}, fmt.Errorf("not an XML property list: %v", err)
	}
	values := list.Dict.dict()
	status := Status{State: SwitchedOff, Exec: values["ProgramArguments"].strings()}
	if len(status.Exec) == 0 {
		return Status{}, errors.New("property list has no ProgramArguments")
	}
	if values["RunAtLoad"].XMLName.Local == "true" && values["Disabled"].XMLName.Local != "true" {
		status.State = On
	}
	return status, nil
}

// dict pairs the keys of a <dict> with the elements that follow them.
func (v plistValue) dict() map[string]plistValue {
	m := make(map[string]plistValue)
	for i := 0; i+1 < len(v.Items); i += 2 {
		m[v.Items[i].Text] = v.Items[i+1]
	}
	return m
}

// strings are the texts of an <array>.
func (v plistValue) strings() []string {
	var out []string
	for _, item := range v.Items {
		out = append(out, item.Text)
	}
	return out
}

// disabledBy reads the output of launchctl print-disabled, which has a line for each label that was ever switched:
//
//	"com.example.agent" => disabled
//
// Systems before macOS 13 print true and false for disabled and enabled.
func disabledBy(output, label string) bool {
	for line := range strings.Lines(output) {
		name, state, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if ok && name == `"`+label+`"` {
			return state == "disabled" || state == "true"
		}
	}
	return false
}
