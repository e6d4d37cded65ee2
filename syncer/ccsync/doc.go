// Package ccsync is the pack format: one machine's snapshot of one Claude Code session as a JSON
// file, schema version 1.
//
//	{
//	  "_schemaVersion": 1,
//	  "sessionId": "3f2a…",                                  canonical lower-case UUID
//	  "projectKey": "git:https://github.com/you/myapp.git",  which repository (package project)
//	  "originalCwd": "/home/you/myapp",                      shown to people, never followed
//	  "machineName": "desktop",                              a label, never a path
//	  "exportedAt": 1715380000000,                           milliseconds since 1970
//	  "lineCount":          142,                             lines in jsonl
//	  "jsonl":                "…"                            the transcript, byte for byte
//	}
//
// The package writes exactly these members, in this order, indented by two spaces like
// JSON.stringify(pack, null, 2). Three details are its own, and legal JSON. lineCount is padded with spaces: so
// an append changes only the blocks at the end, which are all that a block-level sync client re-sends. The text of
// jsonl is padded, too: it begins at offset 1024, or at the next multiple of that if the header is longer, so that
// the packs of one session by several machines have the same blocks, and such a client sends only the first and the
// last one of the second pack. A byte of the transcript that is not UTF-8 travels as the lone-surrogate escape \udcNN
// (Python's surrogateescape): this package turns it back into the byte, other readers into a replacement character.
//
// The package reads members in any order, with any white space, and skips unknown members. It refuses, each
// with its own reason: any other schema version; a missing, repeated or ill-typed member; a raw control
// character; any other lone surrogate; a file that ends early; and a lineCount that is neither the number of
// lines nor one more (writers disagree on whether the empty end after the last newline counts).
//
// Everything streams, in constant memory. The package touches no disk and no clock. It does not promise that
// a key, a machine name or a cwd is harmless: they are labels, and the caller has to check them.
package ccsync
