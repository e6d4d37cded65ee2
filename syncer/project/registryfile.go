package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const registryVersion = 1

// registryFile is projects.json; the package comment tells it.
type registryFile struct {
	Version  int            `json:"version"`
	Projects []registryItem `json:"projects"`
}

type registryItem struct {
	Key       string   `json:"key"`
	Cwds      []string `json:"cwds"`
	LocalOnly bool     `json:"localOnly"`
	Used      int64    `json:"used"`
}

// Load reads the registry from its file. A file that does not exist is an empty registry. A file that
// cannot be understood is an error that names file, line and reason, and so is a newer version: the
// caller must then not write, or what is in the file is lost.
func Load(path string) (Registry, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Registry{}, nil
	}
	if err != nil {
		return Registry{}, fmt.Errorf("reading the registry of projects: %w", err)
	}
	r, at, err := parseRegistry(data)
	if err != nil {
		return Registry{}, fmt.Errorf("%s, line %d: %w", path, lineOf(data, at), err)
	}
	return r, nil
}

// Bytes returns the content of the registry's file: the same for equal registries, one line a member so
// that a person can mend it.
func (r Registry) Bytes() []byte {
	file := registryFile{Version: registryVersion, Projects: []registryItem{}}
	for _, key := range r.Keys() {
		e := r.projects[key]
		// A slice that is not nil: "cwds":null would be legal, and puzzling to who reads the file.
		item := registryItem{string(key), append([]string{}, e.cwds...), e.localOnly, e.used}
		file.Projects = append(file.Projects, item)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	// Strings, numbers and slices of them cannot fail to encode, nor a buffer to take them.
	_ = enc.Encode(file)
	return b.Bytes()
}

// parseRegistry returns, with an error, the offset of what is wrong.
func parseRegistry(data []byte) (Registry, int64, error) {
	body := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // Windows' Notepad
	shift := int64(len(data) - len(body))
	// The version comes first: a newer one may give the members other types.
	var head struct{ Version json.Number }
	if at, err := decodeAll(body, &head); err != nil {
		return Registry{}, at + shift, err
	}
	switch v, err := head.Version.Int64(); {
	case head.Version == "":
		return Registry{}, shift, errors.New("no version")
	case err != nil || v < 1:
		return Registry{}, shift, fmt.Errorf("%s is no version", quoted(head.Version.String()))
	case v > registryVersion:
		return Registry{}, shift, fmt.Errorf("made by a newer claude-sync: version %d, this one reads version %d", v, registryVersion)
	}
	// One project at a time, so that the error can name the line of the one that is wrong.
	var file struct{ Projects []json.RawMessage }
	if at, err := decodeAll(body, &file); err != nil {
		return Registry{}, at + shift, err
	}
	return parseProjects(body, shift, file.Projects)
}

func parseProjects(body []byte, shift int64, raw []json.RawMessage) (Registry, int64, error) {
	var r Registry
	from := int64(max(0, bytes.Index(body, []byte(`"projects"`))))
	for _, item := range raw {
		// The items stand in body in this order, byte for byte.
		from += int64(max(0, bytes.Index(body[from:], item)))
		var err error
		if r, err = r.take(item); err != nil {
			return Registry{}, from + shift, err
		}
		from += int64(len(item))
	}
	return r, 0, nil
}

// take adds a project of the file. Two of them may be one by now, when the rules for keys have improved.
func (r Registry) take(raw json.RawMessage) (Registry, error) {
	var item registryItem
	if err := json.Unmarshal(raw, &item); err != nil {
		return r, inWords(err)
	}
	key, err := ParseKey(item.Key)
	if err != nil {
		return r, err
	}
	for _, cwd := range item.Cwds {
		if cwd == "" {
			return r, fmt.Errorf("%s has an empty path", quoted(string(key)))
		}
		if owner, ok := r.KeyOf(cwd); ok && owner != key {
			return r, fmt.Errorf("%s is in two projects, %s and %s", quoted(cwd), quoted(string(owner)), quoted(string(key)))
		}
		r, _ = r.Attach(key, cwd)
	}
	e := r.projects[key]
	e.localOnly = e.localOnly || item.LocalOnly
	e.used = max(e.used, item.Used)
	return r.with(key, e), nil
}

// decodeAll decodes the one JSON value in data, with the offset of what is wrong.
func decodeAll(data []byte, v any) (int64, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(v)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return 0, nil
		}
		return dec.InputOffset(), errors.New("there is something behind the end")
	}
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset, inWords(err)
	case errors.As(err, &typed):
		return typed.Offset, inWords(err)
	}
	return int64(len(data)), inWords(err)
}

// inWords says what encoding/json says without the names of our types.
func inWords(err error) error {
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed):
		return fmt.Errorf("%s where a %s belongs (%q)", typed.Value, typed.Type.Kind(), typed.Field)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the file ends in the middle")
	}
	return errors.New(err.Error())
}

// lineOf returns the line, from 1, that the byte at offset is in.
func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}
