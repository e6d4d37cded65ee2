package syncer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// packSource is a pack's transcript as a Source.
type packSource struct{ *ccsync.Pack }

// Open implements Source.
func (p packSource) Open() io.Reader { return p.Body() }

// openPack opens the pack called name. The caller closes the content.
func (m *Machine) openPack(ctx context.Context, name string) (packSource, transport.Content, error) {
	c, err := m.Transport.Open(ctx, name)
	if err != nil {
		return packSource{}, nil, err
	}
	p, err := m.room.Open(c, c.Size())
	if err != nil {
		c.Close()
		return packSource{}, nil, err
	}
	return packSource{p}, c, nil
}

func (m *Machine) header(ctx context.Context, name string) (ccsync.Header, error) {
	p, c, err := m.openPack(ctx, name)
	if err != nil {
		return ccsync.Header{}, err
	}
	return p.Header, c.Close()
}

// readWhole reads a pack to its end and returns its session's title.
func (m *Machine) readWhole(ctx context.Context, name string) (title string, err error) {
	p, c, err := m.openPack(ctx, name)
	if err != nil {
		return "", err
	}
	defer c.Close()
	d, err := describePack(p)
	if err == nil && p.Header.LineCount == 0 {
		err = errNoRows
	}
	return d.Title, err
}

func (m *Machine) relation(ctx context.Context, ours Local, name string) (standing, error) {
	p, c, err := m.openPack(ctx, name)
	if err != nil {
		return standing{}, err
	}
	defer c.Close()
	return stand(ours, p)
}

// packName is where this machine keeps its pack of a session.
func (m *Machine) packName(key project.Key, id ccsync.SessionID) string {
	return key.Dir() + "/" + string(id) + "-" + fileName(m.Name) + transport.Extension
}

// fileName writes a machine's name so that every file system takes it and no two names become one, not
// even where upper and lower case are the same. A name that is not plain keeps what is plain of it, for
// people, and eight digits of its hash.
func fileName(machine string) string {
	stem := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(machine))
	if stem == machine && stem != "" {
		return stem
	}
	sum := sha256.Sum256([]byte(machine))
	return fmt.Sprintf("%s~%x", stem, sum[:4])
}

// encode writes a pack of what fill gives to w, which may be patched afterwards.
func encode(w interface {
	io.Writer
	io.WriterAt
}, h ccsync.Header, fill func(io.Writer) error) error {
	e, err := ccsync.NewEncoder(w, h)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(e, 256<<10)
	if err := fill(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	lines, err := e.Close()
	if err != nil {
		return err
	}
	return ccsync.PatchLineCount(w, h, lines)
}

// writePack writes this machine's pack of a session, and reports whether there was anything to write.
func (m *Machine) writePack(ctx context.Context, s Step, t *transcript, measure io.Writer) (forks []Event, wrote bool, err error) {
	d, forks, err := m.beginPack(ctx, s, t, measure)
	if d == nil {
		return forks, false, err
	}
	defer d.discard()
	return forks, true, d.commit(ctx, transport.Draft.Commit)
}

// packDraft is a pack that is written but has not got its name yet.
type packDraft struct {
	transport.Draft
	m       *Machine
	name    string
	old     packSource
	content transport.Content // of the old pack, nil when there is none
}

// beginPack writes a pack without giving it its name; nil when the pack there is holds all rows already.
//
// It is the union of the transcript and of what the pack holds, because not even a transcript that lost
// rows may take them out of the folder. Where the two parted (a backup was restored, Claude Code made the
// file anew) the pack's branch is kept as a fork first: it is this machine's own, so there is nobody to
// ask.
func (m *Machine) beginPack(ctx context.Context, s Step, t *transcript, measure io.Writer) (_ *packDraft, forks []Event, err error) {
	h := m.newHeader(s.Project, s.Session)
	d := &packDraft{m: m, name: m.packName(s.Project, h.SessionID)}
	begun := false
	defer func() {
		if !begun {
			d.discard()
		}
	}()
	d.old, d.content, err = m.openPack(ctx, d.name)
	if err == nil && s.Session.packed.size > 0 && s.Session.saw(d) {
		if begun, err = d.grow(ctx, t, h, s.Session.packed, measure); begun {
			return d, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
	var merge func(io.Writer) error // nil when the transcript has all that the pack has
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, nil, &OwnPackError{Name: d.name, Err: err}
	default:
		c, err := Relate(t.whole(), d.old)
		if err != nil {
			return nil, nil, &OwnPackError{Name: d.name, Err: err}
		}
		switch c.Relation {
		case Same, Behind:
			return nil, nil, nil
		case Diverged:
			forks, err = m.fork(s, branch{Source: d.old, Branch: c.Theirs, machine: m.Name})
			if err != nil {
				return nil, nil, err
			}
		}
		if !c.byBytes {
			merge = func(w io.Writer) error { return Merge(io.MultiWriter(w, measure), t.whole(), d.old, c, OurSide) }
		}
	}
	if d.Draft, err = m.Transport.Create(ctx, d.name); err != nil {
		return nil, forks, err
	}
	if merge != nil {
		err = encode(d, h, merge)
	} else {
		_, err = m.room.Write(d, h, t, t.cut, measure)
	}
	if err != nil {
		return nil, forks, err
	}
	begun = true
	return d, forks, nil
}

// saw reports whether the old pack is the one that the look compared: only of that one packed is true.
func (s Session) saw(d *packDraft) bool {
	return slices.ContainsFunc(s.Versions, func(v Version) bool {
		return v.Name == d.name && v.Size == d.content.Size() && v.Lines == d.old.Header.LineCount && v.Exported.Equal(exported(d.old.Header.ExportedAt))
	})
}

// grow begins a pack that has all of the old one's text and what the transcript has more; false when the
// pack has to be made anew.
func (d *packDraft) grow(ctx context.Context, t *transcript, h ccsync.Header, b stem, measure io.Writer) (done bool, err error) {
	if d.Draft, err = d.m.Transport.Create(ctx, d.name); err != nil {
		return false, err
	}
	if done, err = d.extend(t, h, b, measure); done {
		return true, nil
	}
	err = errors.Join(err, d.Discard())
	d.Draft = nil
	return false, err
}

// commit gives the pack its name by way of do.
func (d *packDraft) commit(ctx context.Context, do func(transport.Draft) error) error {
	if err := d.m.samePack(ctx, d.name, d.old, d.content); err != nil {
		return err
	}
	if d.content != nil && !replaceOpen {
		d.content.Close()
	}
	return do(d.Draft)
}

// discard closes the old pack, and drops the new one if it has got no name.
func (d *packDraft) discard() {
	if d.content != nil {
		d.content.Close()
	}
	if d.Draft != nil {
		d.Discard()
	}
}

// samePack checks that the pack called name is still the one that was read.
//
// RACE: between this and Commit a sync tool may bring another version of our own pack, which only happens
// when two machines have one name; it then keeps that version as a conflicted copy, which is read as one
// more pack.
func (m *Machine) samePack(ctx context.Context, name string, old packSource, content transport.Content) error {
	now, c, err := m.openPack(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone meanwhile: nothing is lost by writing ours
	}
	if err != nil {
		return &OwnPackError{Name: name, Err: err}
	}
	defer c.Close()
	if content == nil || now.Header != old.Header || c.Size() != content.Size() {
		return &OwnPackError{Name: name, Err: errChanged}
	}
	return nil
}

// OwnPackError says that this machine's own pack cannot be replaced, because what it holds cannot be
// read: writing over it might lose rows.
type OwnPackError struct {
	Name string
	Err  error
}

// Error names the pack and the reason.
func (e *OwnPackError) Error() string {
	return fmt.Sprintf("this machine's pack %s: %v", e.Name, e.Err)
}

// Unwrap returns the reason.
func (e *OwnPackError) Unwrap() error { return e.Err }
