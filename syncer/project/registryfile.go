package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"claude-sync/syncer/internal/giturl"
	"claude-sync/syncer/internal/jsonfile"
	"claude-sync/syncer/internal/pathid"
)

const registryVersion = 1

// registryFile is projects.json; see the package comment.
type registryFile struct {
	Version  int            `json:"version"`
	Projects []registryItem `json:"projects"`
	Aliases  map[Key]Key    `json:"aliases,omitempty"`
}

type registryItem struct {
	Key       string         `json:"key"`
	Cwds      []string       `json:"cwds"`
	LocalOnly bool           `json:"localOnly"`
	Used      int64          `json:"used"`
	Former    []string       `json:"former,omitempty"`
	Checkouts []checkoutItem `json:"checkouts,omitempty"`
}

type checkoutItem struct {
	Cwd    string `json:"cwd"`
	Linked bool   `json:"linked,omitempty"`
	Bare   bool   `json:"bare,omitempty"`
	Main   string `json:"main,omitempty"`
	Stamp  string `json:"stamp,omitempty"`
}

// Load reads the registry from its file. A missing file is an empty registry. An invalid file, or one of a newer
// version, is an error that names file, line and reason. The caller must not write after an error: that would
// lose the content of the file.
func Load(path string) (Registry, error) {
	var l Loader
	return l.Load(path)
}

// Loader loads a registry again and again, as Load does, and parses the file only when its bytes have changed: a verb
// asks for it several times. The zero value is ready for use, by one goroutine at a time.
type Loader struct {
	text []byte // of the last file that was parsed
	last Registry
}

// Load reads the registry from its file.
func (l *Loader) Load(path string) (Registry, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Registry{}, nil
	}
	if err != nil {
		return Registry{}, fmt.Errorf("reading the registry of projects: %w", err)
	}
	if l.text != nil && bytes.Equal(data, l.text) {
		return l.last, nil
	}
	r, err := parseRegistry(data)
	if err != nil {
		return Registry{}, fmt.Errorf("%s, %w", path, err)
	}
	l.text, l.last = data, r
	return r, nil
}

// Bytes returns the content of the registry's file, the same for equal registries. Each member has its own
// line, so that a person can edit the file.
func (r Registry) Bytes() []byte {
	file := registryFile{Version: registryVersion, Projects: []registryItem{}, Aliases: r.aliases}
	for _, key := range r.Keys() {
		e := r.projects[key]
		// Never nil: "cwds":null would be legal, and would puzzle people who read the file.
		item := registryItem{string(key), append([]string{}, e.cwds...), e.localOnly, e.used, texts(e.former), nil}
		for _, cwd := range e.cwds {
			if c, ok := r.Checkout(cwd); ok {
				item.Checkouts = append(item.Checkouts, checkoutItem(c))
			}
		}
		file.Projects = append(file.Projects, item)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	// Cannot fail: the file has only strings, numbers and slices of them.
	_ = enc.Encode(file)
	return b.Bytes()
}

func texts(keys []Key) []string {
	var out []string
	for _, k := range keys {
		out = append(out, string(k))
	}
	return out
}

// parseRegistry parses the file. Errors are *jsonfile.Error.
func parseRegistry(data []byte) (Registry, error) {
	// The version first: a newer version may have members of other types.
	var head struct{ Version json.Number }
	if err := jsonfile.Decode(data, &head); err != nil {
		return Registry{}, err
	}
	if err := checkVersion(head.Version); err != nil {
		return Registry{}, jsonfile.At(data, 0, err)
	}
	// One project at a time, so that an error can name the line.
	var file struct {
		Projects []json.RawMessage
		Aliases  map[string]string
	}
	if err := jsonfile.Decode(data, &file); err != nil {
		return Registry{}, err
	}
	d := Draft{}
	from := int64(max(0, bytes.Index(data, []byte(`"projects"`))))
	for _, item := range file.Projects {
		// The items are verbatim parts of data, in this order.
		from += int64(max(0, bytes.Index(data[from:], item)))
		if err := d.addItem(item); err != nil {
			return Registry{}, jsonfile.At(data, from, err)
		}
		from += int64(len(item))
	}
	if err := d.addAliases(file.Aliases); err != nil {
		return Registry{}, jsonfile.At(data, int64(bytes.Index(data, []byte(`"aliases"`))), err)
	}
	return d.reg, nil
}

func checkVersion(version json.Number) error {
	switch v, err := version.Int64(); {
	case version == "":
		return errors.New("no version")
	case err != nil || v < 1:
		return fmt.Errorf("%s is no version", giturl.Quoted(version.String()))
	case v > registryVersion:
		return fmt.Errorf("made by a newer claude-sync: version %d, this one reads version %d", v, registryVersion)
	}
	return nil
}

// addItem adds a project of the file. The draft must be of this file alone. Two items may have the same key if
// the rules for keys have changed since they were written.
func (d *Draft) addItem(raw json.RawMessage) error {
	var item registryItem
	if err := jsonfile.Decode(raw, &item); err != nil {
		return err
	}
	key, err := ParseKey(item.Key)
	if err != nil {
		return err
	}
	d.own()
	e := d.reg.projects[key]
	for _, cwd := range item.Cwds {
		owner, taken := d.reg.KeyOf(cwd)
		switch {
		case cwd == "":
			return fmt.Errorf("%s has an empty path", giturl.Quoted(string(key)))
		case taken && owner != key:
			return fmt.Errorf("%s is in two projects, %s and %s", giturl.Quoted(cwd), giturl.Quoted(string(owner)), giturl.Quoted(string(key)))
		case !taken:
			e.cwds = append(e.cwds, cwd)
			d.reg.owners[pathid.Of(cwd)] = key
		}
	}
	slices.Sort(e.cwds)
	former, err := parseKeys(item.Former)
	if err != nil {
		return err
	}
	e.former = joined(e.former, key, former...)
	e.localOnly = e.localOnly || item.LocalOnly
	e.used = max(e.used, item.Used)
	d.put(key, e)
	for _, c := range item.Checkouts {
		if owner, ok := d.reg.KeyOf(c.Cwd); ok && owner == key {
			d.Checked(c.Cwd, Checkout(c))
		}
	}
	return nil
}

func (d *Draft) addAliases(aliases map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(aliases)) {
		pair, err := parseKeys([]string{name, aliases[name]})
		if err != nil {
			return err
		}
		d.Alias(pair[0], pair[1])
	}
	return nil
}

func parseKeys(texts []string) ([]Key, error) {
	var keys []Key
	for _, text := range texts {
		k, err := ParseKey(text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}
