package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
)

// corpus makes transcripts like Claude Code's: kinds of rows, their lengths and their share of escaped characters
// are as in real transcripts. The same seed makes the same bytes.
type corpus struct {
	r    *rand.Rand
	when time.Time
}

func newCorpus(seed uint64) *corpus {
	return &corpus{r: rand.New(rand.NewPCG(seed, 5)), when: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
}

// size returns a random session size. The distribution is lognormal, as for real sessions.
func (c *corpus) size(median, sigma float64) int64 {
	return int64(median * math.Exp(sigma*c.r.NormFloat64()))
}

// id returns a random UUID.
func (c *corpus) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(c.r.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return uuid.UUID(b).String()
}

// transcript writes whole rows, at least size bytes.
func (c *corpus) transcript(w io.Writer, id, cwd string, size int64) error {
	b := bufio.NewWriterSize(w, 32<<10)
	parent := ""
	for written := int64(0); written < size; {
		row, self := c.row(id, cwd, parent)
		parent = self
		line, err := json.Marshal(row)
		if err != nil {
			return err
		}
		n, err := b.Write(append(line, '\n'))
		if written += int64(n); err != nil {
			return err
		}
	}
	return b.Flush()
}

// row writes one row and returns its uuid.
func (c *corpus) row(id, cwd, parent string) (row map[string]any, self string) {
	self = c.id()
	c.when = c.when.Add(time.Duration(c.r.IntN(20_000)) * time.Millisecond)
	row = map[string]any{"type": "assistant", "uuid": self, "parentUuid": parent, "sessionId": id, "cwd": cwd,
		"timestamp": c.when.Format(time.RFC3339Nano), "version": "2.1.330", "gitBranch": "main", "isSidechain": false}
	say := func(role string, content ...map[string]any) {
		row["message"] = map[string]any{"role": role, "model": "claude-opus-4-8", "content": content}
	}
	switch n := c.r.IntN(100); {
	case n < 8:
		row["type"] = "user"
		say("user", map[string]any{"type": "text", "text": c.prose(20 + c.r.IntN(100))})
	case n < 10:
		row["type"] = "user"
		say("user", map[string]any{"type": "image", "source": map[string]any{"type": "base64", "media_type": "image/png", "data": c.base64(20_000 + c.r.IntN(120_000))}})
	case n < 30:
		say("assistant", map[string]any{"type": "thinking", "thinking": c.prose(100), "signature": c.base64(600)})
	case n < 55:
		say("assistant", map[string]any{"type": "text", "text": c.prose(30 + c.r.IntN(200))},
			map[string]any{"type": "tool_use", "id": "toolu_" + c.base64(22), "name": "Edit", "input": map[string]any{
				"file_path": cwd + "/main.go", "old_string": c.code(8), "new_string": c.code(10)}})
	default:
		row["type"] = "user"
		text := c.code(20 + c.r.IntN(80))
		say("user", map[string]any{"type": "tool_result", "tool_use_id": "toolu_" + c.base64(22), "content": text})
		row["toolUseResult"] = map[string]any{"stdout": text, "stderr": "\x1b[31mwarning\x1b[0m\r\n", "interrupted": false}
	}
	return row, self
}

func (c *corpus) prose(words int) string {
	list := strings.Fields("the file test reads “quoted” which returns nil and then naïve retry — so we should fix it first because error handling in main.go is missing ✓ see `Load` below\n\n")
	var b strings.Builder
	for range words {
		b.WriteString(list[c.r.IntN(len(list))])
		b.WriteByte(' ')
	}
	return b.String()
}

// code returns text as tools read and print it: indented, with quotes and short lines.
func (c *corpus) code(lines int) string {
	list := []string{"\tif err != nil {\n", "\t\treturn fmt.Errorf(\"reading %q: %w\", path, err)\n", "\t}\n", "func (m *Machine) relation(ctx context.Context, name string) (Relation, error) {\n",
		"\t// What stands before the first difference is equal on both sides.\n", "\n", "\tfor _, v := range versions {\n", "  \"scripts\": {\"test\": \"go test ./...\", \"lint\": \"staticcheck\"},\n",
		"     1→package syncer\n", "-rw-r--r-- 1 you you 4096 Nov 20 10:15 /home/you/work/myapp/syncer/look_test.go\n"}
	var b strings.Builder
	for range lines {
		b.WriteString(list[c.r.IntN(len(list))])
	}
	return b.String()
}

func (c *corpus) base64(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[c.r.IntN(len(letters))]
	}
	return string(b)
}

// odd returns transcripts that are very hard or very easy to escape, each of the given size.
func (c *corpus) odd(kind string, size int) []byte {
	switch kind {
	case "CJK":
		return []byte(strings.Repeat(`{"uuid":"a","text":"`+strings.Repeat("日本語の会話がここに続きます。", 200)+"\"}\n", size/9000+1))[:size]
	case "base64":
		return []byte(c.base64(size))
	case "escapes":
		return []byte(strings.Repeat(`"\`, size/2))
	case "random":
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(c.r.Uint32())
		}
		return b
	}
	panic(fmt.Sprintf("no corpus is called %q", kind))
}
