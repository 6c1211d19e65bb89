package canonical

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Fault is an error of encoding/json about data in words: what is wrong in which
// line, without the program's types. Other errors stay as they are.
func Fault(data []byte, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is not JSON: it ends too early")
	case errors.As(err, &syntax):
		if rest := data[min(int(syntax.Offset), len(data)):]; len(bytes.TrimSpace(rest)) == 0 && strings.HasPrefix(syntax.Error(), "unexpected end") {
			return errors.New("it is not JSON: it ends too early")
		}
		return fmt.Errorf("%s: it is not JSON", position(data, syntax.Offset-1))
	case errors.As(err, &mistyped):
		what := "it"
		if mistyped.Field != "" {
			what = fmt.Sprintf("%q", mistyped.Field)
		}
		return fmt.Errorf("%s: %s cannot be %s", position(data, mistyped.Offset-1), what, kind(mistyped.Value))
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fmt.Errorf("it has the unknown field %s", name)
	}
	return err
}

// position is where a byte is, for people.
func position(data []byte, offset int64) string {
	before := data[:max(0, min(int(offset), len(data)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("line %d, column %d", line, column)
}

// kind is what encoding/json calls a value, with its article.
func kind(value string) string {
	if strings.HasPrefix(value, "number ") {
		return "the " + value
	}
	switch value {
	case "array", "object":
		return "an " + value
	case "bool":
		return "true or false"
	}
	return "a " + value
}
