package ccsync

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// contents are the benchmarks' transcripts: typical rows, and texts that are hard or easy to escape.
func contents() map[string]string {
	const size = 16 << 20
	r := rand.New(rand.NewPCG(3, 4))
	random := make([]byte, size)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	return map[string]string{"typical": fill(typical()), "CJK": fill(`{"text":"` + strings.Repeat("日本語の会話", 100) + "\"}\n"),
		"base64": fill(strings.Repeat("iVBORw0KGgoAAAANSUhEUg", 4000) + "\n"), "escapes": fill(`"\`), "random": string(random)}
}

// discard drops everything written to it.
type discard struct{}

func (discard) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

func BenchmarkPack(b *testing.B) {
	for name, text := range contents() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Write(discard{}, header(), strings.NewReader(text), int64(len(text)), io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUnpack(b *testing.B) {
	measure(b, func(p *Pack, _ string) error {
		_, err := p.CopyTo(discard{}, io.Discard)
		return err
	})
}

func BenchmarkCompare(b *testing.B) {
	measure(b, func(p *Pack, text string) error {
		_, _, err := p.Compare(strings.NewReader(text), int64(len(text)))
		return err
	})
}

func measure(b *testing.B, do func(p *Pack, text string) error) {
	for name, text := range contents() {
		file := pack(b, header(), text)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				p, err := Open(bytes.NewReader(file), int64(len(file)))
				if err == nil {
					err = do(p, text)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
