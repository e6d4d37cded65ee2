// Package jsonfile reads files that hold one JSON value and that a person may have edited: an error names
// the line, and speaks of JSON and not of Go's types.
//
// It decodes as encoding/json does, and does not promise more: unknown members are ignored, and of two
// members of one name the last counts.
package jsonfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Error says in which line a file is wrong. Lines count from 1.
type Error struct {
	Line int
	Err  error
}

// Error returns line and reason.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// At returns an *Error for what is wrong at an offset of the file. If err is an *Error, for a part of the
// file that begins at the offset, its line is counted on from there.
func At(file []byte, offset int64, err error) error {
	before := file[:min(max(offset, 0), int64(len(file)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	if part := (*Error)(nil); errors.As(err, &part) {
		return &Error{line + part.Line - 1, part.Err}
	}
	return &Error{line, err}
}

// Decode decodes the one JSON value in file. Anything behind the value but white space is an error. A byte
// order mark, which Windows' Notepad may write, is skipped. Errors are *Error.
func Decode(file []byte, into any) error {
	body := bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(body))
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return nil
		}
		return At(body, dec.InputOffset(), errors.New("there is something behind the end"))
	}
	return At(body, offsetOf(err, len(body)), reason(err))
}

func offsetOf(err error, end int) int64 {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &typed):
		return typed.Offset
	}
	return int64(end)
}

// reason says what encoding/json says without the names of our types.
func reason(err error) error {
	const invalid = "invalid character "
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed) && typed.Field == "":
		return fmt.Errorf("%s where %s belongs", typed.Value, kind(typed))
	case errors.As(err, &typed):
		return fmt.Errorf("%s where %s belongs (%q)", typed.Value, kind(typed), typed.Field)
	case errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), invalid):
		return errors.New("unexpected " + sign(strings.TrimPrefix(syntax.Error(), invalid)))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the file ends in the middle")
	}
	return err
}

// sign returns the character that a text begins with, which is in quotes.
func sign(text string) string {
	if end := strings.Index(text, "' "); end > 0 {
		return text[:end+1]
	}
	return text
}

// kind names the JSON value that belongs there.
func kind(err *json.UnmarshalTypeError) string {
	switch err.Type.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}
