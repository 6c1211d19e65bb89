package emit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"jsc/emit/lock"
)

// TokenPath is the file of the output folder that holds the token with an ID
// alone on its line; "" for an activation, which stands in its importer's
// bundle, and for what is no ID. A bearer user's file is never written.
func TokenPath(id string) string {
	parts, ok := lock.Parts(id)
	switch {
	case !ok:
	case len(parts) == 2 && parts[0] == "operator":
		return "operator.jwt"
	case len(parts) == 2 && parts[0] == "account":
		return "accounts/" + FileName(parts[1]) + ".jwt"
	case len(parts) == 4 && parts[0] == "account" && parts[2] == "user":
		return "users/" + FileName(parts[1]) + "/" + FileName(parts[3]) + ".jwt"
	}
	return ""
}

// Path is the file of the output folder that former builds' text of the token is
// taken from: its own, or its importer's bundle.
func (t *Token) Path() string {
	if t.Activation != nil {
		return bundlePath(t.Activation.To)
	}
	return TokenPath(t.ID)
}

// longName is how many bytes of a name a file's name keeps.
const longName = 100

// FileName makes a file's name of a NATS name, without an extension: letters,
// digits, "_" and "-" stay, any other byte is percent-encoded. A name that is
// changed so, or cut because it is longer than 100 bytes, ends in "-" and 8 hex
// digits of its SHA-256, so that two names never share a file (docs/security.md D3).
func FileName(name string) string {
	if isFileName(name) && len(name) <= longName {
		return name
	}
	var b strings.Builder
	changed := name == ""
	for i := range len(name) {
		c := name[i]
		if isFileByte(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
			changed = true
		}
	}
	out := b.String()
	if len(out) > longName {
		out, changed = cut(out), true
	}
	if !changed {
		return out
	}
	sum := sha256.Sum256([]byte(name))
	return out + "-" + hex.EncodeToString(sum[:4])
}

// cut shortens an encoded name, never inside of an encoded byte.
func cut(encoded string) string {
	end := longName
	if i := strings.LastIndexByte(encoded[:end], '%'); i > end-3 {
		end = i
	}
	return encoded[:end]
}

// isFileName reports that no byte of a name need be encoded.
func isFileName(name string) bool {
	for i := range len(name) {
		if !isFileByte(name[i]) {
			return false
		}
	}
	return name != ""
}

func isFileByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
