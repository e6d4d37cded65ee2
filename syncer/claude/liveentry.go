package claude

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/rows"
	"claude-sync/syncer/words"
)

// maxName is how many characters of a process's own texts are kept.
const maxName = 80

// elsewhereFor is how long an entry is believed whose process cannot be seen from here. The entry's times
// only move when the session's status does, so a session left open in a container over a weekend is
// missed; the other way round, the entry of a container that was thrown away would hold the session for
// ever. A day covers a working day and lets go by the next one.
const elsewhereFor = 24 * time.Hour

// record is an entry of the registry, as far as it is of use.
type record struct {
	sessions          []ccsync.SessionID // one, or what is left of one or two in a torn entry
	cwd, name, status string
	pidDomain         string
	starts            []string // what the entry says of its process's start, in one or two notations
	started           time.Time
	touched           time.Time // the newest time in the entry
	torn              bool
}

// parseRecord reads a whole entry; false means that it is torn.
func parseRecord(data []byte) (record, bool) {
	if !json.Valid(data) || !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte{'{'}) {
		return record{}, false
	}
	var rec record
	for key, value := range rows.Members(data) {
		rec.set(key, value)
	}
	return rec, true
}

// set takes one member over; one of an unexpected kind is as good as none.
func (rec *record) set(key string, value []byte) {
	switch key {
	case "sessionId":
		if id, err := ccsync.ParseSessionID(rows.Unquote(value)); err == nil {
			rec.sessions = append(rec.sessions, id)
		}
	case "cwd":
		rec.cwd = rows.Unquote(value)
	case "name":
		rec.name = words.Label(rows.Unquote(value), maxName)
	case "status":
		rec.status = words.Label(rows.Unquote(value), maxName)
	case "pidDomain":
		rec.pidDomain = rows.Unquote(value)
	case "procStart", "procStartFt":
		if start := rows.Unquote(value); start != "" {
			rec.starts = append(rec.starts, start)
		}
	case "startedAt":
		rec.started = milliseconds(value)
		rec.touch(rec.started)
	case "updatedAt", "statusUpdatedAt":
		rec.touch(milliseconds(value))
	}
}

func (rec *record) touch(t time.Time) {
	if t.After(rec.touched) {
		rec.touched = t
	}
}

// milliseconds reads a time since 1970, within the bounds that Claude Code sets too.
func milliseconds(value []byte) time.Time {
	ms, err := strconv.ParseFloat(string(value), 64)
	if err != nil || ms <= 0 || ms > 4e15 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

// scrapeRecord makes out what it can of a torn entry, in which the new text may end in the middle or go
// over into the rest of an older, longer one. Every session that it names may be the one that is open.
func scrapeRecord(data []byte) record {
	rec := record{torn: true}
	member := regexp.MustCompile(`"(sessionId|pidDomain|procStart|procStartFt|startedAt|updatedAt|cwd|name)"\s*:\s*("(?:[^"\\]|\\.)*"|[0-9]+)`)
	for _, m := range member.FindAllSubmatch(data, -1) {
		rec.set(string(m[1]), m[2])
	}
	slices.Sort(rec.sessions)
	rec.sessions = slices.Compact(rec.sessions)
	return rec
}

// running decides whether the entry's process runs, where the process here with that id (if alive) has
// this start, empty where the OS does not tell.
func (rec record) running(start string, alive bool, now time.Time) bool {
	here := sameDomain(rec.pidDomain)
	if alive && here && (start == "" || len(rec.starts) == 0) {
		return true
	}
	if alive && slices.ContainsFunc(rec.starts, func(s string) bool { return sameStart(s, start) }) {
		return true
	}
	return !here && now.Sub(rec.touched) < elsewhereFor
}

// sameDomain reports whether process ids of that domain mean the same here. Old entries name none, and
// some builds only their OS.
func sameDomain(domain string) bool {
	ours := pidDomain()
	system, _, _ := strings.Cut(ours, ":")
	return domain == "" || domain == system || strings.EqualFold(domain, ours)
}

func (rec record) live(pid int) []Live {
	var all []Live
	for _, id := range rec.sessions {
		all = append(all, Live{
			PID: pid, Session: id, Cwd: rec.cwd, Name: rec.name, Status: rec.status,
			Started: rec.started, Elsewhere: !sameDomain(rec.pidDomain),
		})
	}
	return all
}
