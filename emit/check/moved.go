package check

import (
	"path"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// hintRotated is how a rotation is carried on with.
const hintRotated = "Run jsc build, which has to have the new key's seed, and commit the output folder and the lock. " +
	"If nobody rotated it, somebody edited the lock: restore that from git."

// rotated tells of a key that nothing bears out because the tokens are still those
// of its former one, which is retired: `jsc keys rotate` came after the last build.
func (c *checker) rotated(id string) {
	key := c.Lock.Keys[id]
	d := diag.New("key-unproven", c.entry("keys", id), key, id)
	d.Summary += ": it was rotated and not built yet"
	c.tell(diag.WithHint(d, "%s", hintRotated), id)
}

// signedBefore reports that the owner's token names a key that was retired under
// a signing key's ID.
func (c *checker) signedBefore(id string) bool {
	parts, _ := lock.Parts(id)
	if len(parts) != 4 || parts[2] != "signing" || c.byID[schema.ID(parts[:2]...)] == nil {
		return false
	}
	for _, key := range c.Lock.Retired[id] {
		if c.signs(parts, key) {
			return true
		}
	}
	return false
}

// followMoves finds tokens that lie where a name of before `jsc keys move` placed
// them: the manifest lists them, for a key that has another ID now, whose own
// file is not there yet. They are judged as the tokens of that ID.
func (c *checker) followMoves() {
	c.moved = map[string]string{}
	var ids map[string]string // by key, of those with a token of their own
	for _, name := range c.tokenPaths {
		if _, known := c.byPath[name]; known || path.Ext(name) != ".jwt" || mayHoldTokens(name) {
			continue
		}
		if ids == nil {
			ids = map[string]string{}
			for id, key := range c.Lock.Keys {
				if emit.TokenPath(id) == "" {
					continue
				}
				ids[key] = id
				for _, former := range c.Lock.Retired[id] { // rotated and moved
					ids[former] = id
				}
			}
		}
		entry, listed := c.listing().entries[name]
		id := ids[entry.Subject]
		if listed && folder.Made(name) && id != "" && !c.files[emit.TokenPath(id)] && kindOfArtifact[entry.Kind] == kindOfID(id) {
			c.moved[name], c.byPath[name] = entry.SHA256, id
		}
	}
}

// kindOfArtifact are the files that hold one token.
var kindOfArtifact = map[string]jwt.ClaimType{
	"account-jwt": jwt.AccountClaim,
	"user-jwt":    jwt.UserClaim,
}

// stay gives up what was taken for moved, if it is not the file that the manifest
// lists.
func (c *checker) stay(name, digest string) {
	if listed, moved := c.moved[name]; moved && listed != digest {
		delete(c.moved, name)
		delete(c.byPath, name)
	}
}

// isMoved reports that what a file stands for lies where it was before.
func (c *checker) isMoved(name string) bool {
	t := c.byID[c.byPath[name]]
	return t != nil && len(t.paths) > 0 && c.moved[t.paths[0]] != ""
}
