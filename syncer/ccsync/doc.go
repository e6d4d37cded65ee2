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
//	  "jsonl": "…"                                           the transcript, byte for byte
//	}
//
// Written are exactly these members, in this order, two-space indented as JSON.stringify(pack, null, 2)
// does. Two things are ours, and legal JSON: lineCount is padded with spaces, so that the header's
// length never changes and a block-level sync client re-sends only the blocks at the end; and a byte of
// the transcript that is not UTF-8 travels as the lone-surrogate escape \udcNN (Python's
// surrogateescape), which gives the byte back here and a replacement character elsewhere.
//
// Read are any member order and white space; unknown members are skipped. Refused, each with its own
// reason: any other schema version, a missing, doubled or ill-typed member, a raw control character,
// any other lone surrogate, a file that ends early, and a lineCount that is neither the number of lines
// nor one more (writers differ on whether the empty end after the last newline counts).
//
// Everything streams: memory is constant in the transcript's size. The package touches no disk and no
// clock. It does not promise that a key, a machine name or a cwd is harmless: they are labels that
// whoever reads them has to check.
package ccsync
