package folder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"jsc/schema/diag"
)

// Refusal is why builds refuse an output folder, and the way out.
type Refusal struct{ Why, Mend string }

func (r *Refusal) Error() string { return r.Why + "; " + r.Mend }

// Refused says, by its manifest, why no build goes on from an output folder:
// a merge left conflict markers there, or it is made from another lock. It is nil
// for any other, and reads as little of a sound manifest as it can.
func Refused(place Place, manifest []byte) *Refusal {
	if r := conflicting(place.Out, manifest); r != nil {
		return r
	}
	lock := lockOf(manifest)
	if lock == "" {
		return nil
	}
	return otherLock(place, lock)
}

func conflicting(out string, manifest []byte) *Refusal {
	if !bytes.HasPrefix(manifest, []byte("<<<<<<<")) && !bytes.Contains(manifest, []byte("\n<<<<<<<")) {
		return nil
	}
	return &Refusal{
		filepath.Join(out, manifestPath) + " has merge conflict markers",
		"take either side of the whole folder, as by git rm -rqf " + diag.ShellWord(out) + " && git checkout HEAD -- " + diag.ShellWord(out) + ", then run jsc build",
	}
}

// otherLock refuses a folder that is made from another lock.
func otherLock(place Place, lock string) *Refusal {
	want := filepath.Base(place.Lock)
	if lock == want {
		return nil
	}
	return &Refusal{
		fmt.Sprintf("%s is made from the lock %q, not %q", place.Out, lock, want),
		"choose another output folder (--out), or, where the lock was renamed, write its new name in " + filepath.Join(place.Out, manifestPath),
	}
}

// lockOf is the lock that a manifest names; "" where it names none. A build writes
// it before the long lists.
func lockOf(manifest []byte) string {
	d := json.NewDecoder(bytes.NewReader(manifest))
	if _, err := d.Token(); err != nil {
		return ""
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return ""
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return ""
		}
		if lock, ok := value.(string); ok && key == "lock" {
			return lock
		}
	}
	return ""
}
