package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"claude-sync/syncer/ccsync"
)

// makeTranscript appends size bytes of a kind of rows to a file. It runs in a child process, because the peak
// memory of a process is inherited by every process that it starts.
func makeTranscript(path, kind, id, cwd, size string) error {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	c := newCorpus(uint64(n))
	if kind == "typical" {
		err = c.transcript(f, id, cwd, n)
	} else {
		_, err = f.Write(c.odd(kind, int(n)))
	}
	return errors.Join(err, f.Close())
}

// child packs or unpacks one file without flushing it, as cp does. It is a process of its own, so that its memory
// can be measured.
func child(args []string) error {
	if len(args) == 6 && args[0] == "make" {
		return makeTranscript(args[1], args[2], args[3], args[4], args[5])
	}
	if len(args) == 5 && args[0] == "extend" {
		return extend(args[1], args[2], args[3], args[4])
	}
	if len(args) != 3 {
		return fmt.Errorf("child needs a verb and two paths, not %q", args)
	}
	in, size, err := open(args[1])
	if err != nil {
		return err
	}
	defer in.Close()
	if args[0] == "compare" {
		return compare(in, size, args[2])
	}
	out, err := os.Create(args[2])
	if err != nil {
		return err
	}
	if args[0] == "pack" {
		h := ccsync.Header{SessionID: "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab", ProjectKey: "name:x", MachineName: "m"}
		_, err = ccsync.Write(out, h, in, size, io.Discard)
	} else {
		var p *ccsync.Pack
		if p, err = ccsync.Open(in, size); err == nil {
			_, err = p.CopyTo(out, io.Discard)
		}
	}
	if err != nil {
		return err
	}
	return out.Close()
}

// open opens a file for reading and returns its size in bytes.
func open(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// extend makes the pack of a transcript by extending the pack of its prefix, as a push does after it has checked
// the prefix. It does not flush the pack.
func extend(pack, transcript, first, to string) error {
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return err
	}
	old, size, err := open(pack)
	if err != nil {
		return err
	}
	defer old.Close()
	p, err := ccsync.Open(old, size)
	if err != nil {
		return err
	}
	src, all, err := open(transcript)
	if err != nil {
		return err
	}
	defer src.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, old); err == nil {
		_, err = p.Extend(out, p.Header, src, from, all, io.Discard)
	}
	return errors.Join(err, out.Close())
}

func compare(in io.ReaderAt, size int64, transcript string) error {
	p, err := ccsync.Open(in, size)
	if err != nil {
		return err
	}
	ours, all, err := open(transcript)
	if err != nil {
		return err
	}
	defer ours.Close()
	length, d, err := p.Compare(ours, all)
	if err == nil && (d != nil || length != all) {
		err = fmt.Errorf("%s is not what the pack holds", transcript)
	}
	return err
}
