package main

import (
	"bytes"
	"encoding/binary"
)

// encodeICO writes Windows' icon file, all little-endian: a header (0, type 1, count), a 16-byte directory
// entry an image (width and height as bytes, 0 meaning 256; colours 0; reserved 0; planes 1; bits a pixel
// 32; length; offset), then the images. An image that is a PNG is read by every Windows since Vista.
func encodeICO(bySize map[int][]byte, sizes ...int) []byte {
	const header, entry = 6, 16
	le := binary.LittleEndian
	out := le.AppendUint16(le.AppendUint16(make([]byte, 2), 1), uint16(len(sizes)))
	offset := header + entry*len(sizes)
	for _, size := range sizes {
		n := len(bySize[size])
		out = append(out, byte(size), byte(size), 0, 0)
		out = le.AppendUint16(le.AppendUint16(out, 1), 32)
		out = le.AppendUint32(le.AppendUint32(out, uint32(n)), uint32(offset))
		offset += n
	}
	for _, size := range sizes {
		out = append(out, bySize[size]...)
	}
	return out
}

// encodeICNS writes Apple's icon file, all big-endian: "icns" and the file's length, then chunks of a
// four-letter type, the chunk's length with these eight bytes, and a PNG. The types say size and density:
// ic11 is 16 points doubled, ic07 is 128 points plain. Each picture is drawn at its size instead
// of scaled down from the largest, which is why no library does this.
func encodeICNS(bySize map[int][]byte) []byte {
	chunks := []struct {
		name string
		size int
	}{
		{"icp4", 16}, {"icp5", 32}, {"ic11", 32}, {"ic12", 64}, {"ic07", 128},
		{"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
	}
	var body bytes.Buffer
	for _, c := range chunks {
		writeChunk(&body, c.name, bySize[c.size])
	}
	var out bytes.Buffer
	writeChunk(&out, "icns", body.Bytes())
	return out.Bytes()
}

// writeChunk cannot fail: a bytes.Buffer takes everything.
func writeChunk(b *bytes.Buffer, name string, content []byte) {
	b.WriteString(name)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content)+8)))
	b.Write(content)
}
