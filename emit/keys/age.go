package keys

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// The variables that open an age: source.
const (
	// AgeIdentity names a file of age identities (AGE-SECRET-KEY-1…).
	AgeIdentity = "JSC_AGE_IDENTITY"
	// AgePassphrase is a passphrase; ExportAge encrypts with it, too.
	AgePassphrase = "JSC_AGE_PASSPHRASE"
)

// openAge opens age:PATH, a file of seeds that age encrypted, binary or
// armored. Since nobody can read it, git may track it.
func openAge(o *opening, arg string) (source, error) {
	path, err := o.path(arg)
	if err != nil {
		return nil, err
	}
	return o.newList("age:"+arg, func() ([]byte, error) {
		identities, err := o.ageIdentities()
		if err != nil {
			return nil, err
		}
		data, err := readAtMost(path, maxSeeds)
		if err != nil {
			return nil, err
		}
		var sealed io.Reader = bytes.NewReader(data)
		if bytes.HasPrefix(bytes.TrimSpace(data), []byte(armor.Header)) {
			sealed = armor.NewReader(sealed)
		}
		plain, err := age.Decrypt(sealed, identities...)
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("it was not encrypted to the identity in %s nor with the passphrase in %s", AgeIdentity, AgePassphrase)
		}
		if err != nil {
			return nil, err
		}
		return io.ReadAll(plain)
	}), nil
}

// ageIdentities are what can open an age file here. Parse errors of an
// identity are not passed on: they quote it.
func (o *opening) ageIdentities() ([]age.Identity, error) {
	var identities []age.Identity
	if file := o.getenv(AgeIdentity); file != "" {
		path, err := o.path(file)
		if err != nil {
			return nil, err
		}
		if err := o.refuseTracked(path, ""); err != nil {
			return nil, fmt.Errorf("read the identity that %s names: %w", AgeIdentity, err)
		}
		data, err := readAtMost(path, maxSeeds)
		if err != nil {
			return nil, fmt.Errorf("read the identity that %s names: %w", AgeIdentity, err)
		}
		defer clear(data)
		if identities, err = age.ParseIdentities(bytes.NewReader(data)); err != nil {
			return nil, fmt.Errorf("the file %s that %s names is not a file of age identities", path, AgeIdentity)
		}
	}
	if passphrase := o.getenv(AgePassphrase); passphrase != "" {
		identity, err := age.NewScryptIdentity(passphrase)
		if err != nil {
			return nil, err
		}
		identities = append(identities, identity)
	}
	if identities == nil {
		return nil, fmt.Errorf("set %s to the file of an age identity, or %s", AgeIdentity, AgePassphrase)
	}
	return identities, nil
}

// ExportAge writes the seeds of some keys, or of all that the sources hold when
// none is named, encrypted and armored, for an age: source. Recipients are age
// public keys (age1…); without any, the passphrase in JSC_AGE_PASSPHRASE
// encrypts. Nothing is written when a seed is lacking, which is the same *Error
// as from Signer.
func (r *Ring) ExportAge(w io.Writer, recipients []string, publicKeys ...string) error {
	to, err := r.ageRecipients(recipients)
	if err != nil {
		return fmt.Errorf("export keys: %w", err)
	}
	if len(publicKeys) == 0 {
		if publicKeys, err = r.Held(); err != nil {
			return err
		}
	}
	keys, err := r.all(publicKeys)
	if err != nil {
		return err
	}
	armored := armor.NewWriter(w)
	sealed, err := age.Encrypt(armored, to...)
	if err != nil {
		return fmt.Errorf("export keys: %w", err)
	}
	for _, key := range keys {
		if err := r.writeSeed(sealed, key); err != nil {
			return fmt.Errorf("export the seed of %s: %w", key.public, err)
		}
	}
	if err := errors.Join(sealed.Close(), armored.Close()); err != nil {
		return fmt.Errorf("export keys: %w", err)
	}
	return nil
}

// writeSeed writes a seed as a line, after a comment that says whose it is.
func (r *Ring) writeSeed(w io.Writer, key *Key) error {
	seed, err := key.seed()
	if err != nil {
		return err
	}
	defer clear(seed)
	id, _ := r.o.pinned(key.public)
	if _, err := fmt.Fprintln(w, strings.TrimSpace("# "+key.public+" "+id)); err != nil {
		return err
	}
	if _, err := w.Write(seed); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func (r *Ring) ageRecipients(recipients []string) ([]age.Recipient, error) {
	if len(recipients) > 0 {
		// What is no recipient may be an identity; its text is not shown.
		to, err := age.ParseRecipients(strings.NewReader(strings.Join(recipients, "\n")))
		if err != nil {
			return nil, errors.New("a recipient is not an age public key (age1…)")
		}
		return to, nil
	}
	passphrase := r.o.getenv(AgePassphrase)
	if passphrase == "" {
		return nil, fmt.Errorf("name a recipient (age1…), or set %s", AgePassphrase)
	}
	to, err := age.NewScryptRecipient(passphrase)
	return []age.Recipient{to}, err
}
