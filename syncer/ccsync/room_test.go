package ccsync

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// A pack and a transcript come out right, whatever else passes through the room before or at the same time.
func TestRoomIsSharedByAllKindsOfSessions(t *testing.T) {
	var room Room
	var all sync.WaitGroup
	for range 3 {
		for name, jsonl := range transcripts() {
			all.Go(func() {
				var w, back memory
				want := pack(t, header(), jsonl)
				if _, err := room.Write(&w, header(), strings.NewReader(jsonl), int64(len(jsonl)), io.Discard); err != nil || !bytes.Equal(w.b, want) {
					t.Errorf("%s: %v, or it is another pack", name, err)
					return
				}
				p, err := room.Open(bytes.NewReader(want), int64(len(want)))
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if _, err := p.CopyTo(&back, io.Discard); err != nil || string(back.b) != jsonl {
					t.Errorf("%s: %v, or it is another transcript", name, err)
				}
				if n, d, err := p.Compare(strings.NewReader(jsonl), int64(len(jsonl))); n != int64(len(jsonl)) || d != nil || err != nil {
					t.Errorf("%s: compared with itself: %d, %v, %v", name, n, d, err)
				}
			})
		}
	}
	all.Wait()
}

// Many short sessions share the memory of a few.
func TestRoomIsUsedAgain(t *testing.T) {
	jsonl := strings.Repeat(`{"uuid":"1","text":"a \"row\" of a session"}`+"\n", 10_000)
	const sessions = 20
	taken := func(room *Room) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range sessions {
			if _, err := room.Write(discard{}, header(), strings.NewReader(jsonl), int64(len(jsonl)), io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	alone, together := taken(nil), taken(&Room{})
	if together > alone/4 {
		t.Errorf("%d sessions took %d KB in one room, %d KB each in its own", sessions, together>>10, alone>>10)
	}
}
