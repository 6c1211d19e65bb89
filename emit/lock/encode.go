package lock

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Encode returns the one canonical form of l: sections and entries in a fixed
// order, one entry a line, so that git merges and diffs it entry by entry.
func (l *Lock) Encode() []byte {
	// An entry is 250 bytes at most, save for long names.
	b := make([]byte, 0, 256+128*(len(l.Keys)+len(l.Retired))+256*(len(l.Tokens)+len(l.Revoked)))
	b = append(b, "{\n  \"format\": "...)
	b = strconv.AppendInt(b, format, 10)
	b = appendSection(b, "keys", l.Keys, appendString)
	b = appendSection(b, "tokens", l.Tokens, appendToken)
	b = appendSection(b, "revoked", l.Revoked, appendRevocation)
	b = appendSection(b, "retired", l.Retired, appendKeys)
	return append(b, "\n}\n"...)
}

func appendSection[V any](b []byte, name string, entries map[string]V, appendValue func([]byte, V) []byte) []byte {
	b = append(b, ",\n  "...)
	b = appendString(b, name)
	b = append(b, ": {"...)
	for i, id := range slices.Sorted(maps.Keys(entries)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		b = appendString(b, id)
		b = append(b, ": "...)
		b = appendValue(b, entries[id])
	}
	if len(entries) > 0 {
		b = append(b, "\n  "...)
	}
	return append(b, '}')
}

func appendToken(b []byte, t Token) []byte {
	b = append(b, `{"iat": `...)
	b = strconv.AppendInt(b, t.IssuedAt, 10)
	b = append(b, `, "sub": `...)
	b = appendString(b, t.Subject)
	b = appendExpiry(b, t.Expires)
	b = append(b, `, "claims": `...)
	b = appendString(b, t.Claims)
	return append(b, '}')
}

func appendRevocation(b []byte, r Revocation) []byte {
	b = append(b, `{"before": `...)
	b = strconv.AppendInt(b, r.Before, 10)
	b = appendExpiry(b, r.Expires)
	return append(b, '}')
}

func appendExpiry(b []byte, expires int64) []byte {
	if expires == 0 {
		return b
	}
	b = append(b, `, "exp": `...)
	return strconv.AppendInt(b, expires, 10)
}

func appendKeys(b []byte, keys []string) []byte {
	b = append(b, '[')
	for i, key := range slices.Sorted(slices.Values(keys)) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendString(b, key)
	}
	return append(b, ']')
}

// isBare reports whether s stands in a lock as it is, between quotes.
func isBare[S string | []byte](s S) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// appendString escapes no more than JSON asks for: subjects hold ">" and "&",
// which a reader of the diff should see.
func appendString(b []byte, s string) []byte {
	if isBare(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	var quoted bytes.Buffer
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("lock: " + err.Error()) // a string always encodes
	}
	return append(b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}
