package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/spf13/cobra"

	"jsc/emit"
	"jsc/schema"
	"jsc/schema/diag"
)

func newInspect(t *terminal) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "inspect FILE…",
		Short: "Decode a JWT, .creds, bundle, resolver.conf, or a folder of them",
		Long: `Decode the JWTs in files: a token alone, a user's .creds, a bundle of activations,
a resolver.conf, or all of these in a folder. Signatures and the claims' own rules
are checked, and what is wrong is said. Private seeds are never shown.`,
		Example: "  jsc inspect generated/accounts/ACCTA.jwt\n  jsc inspect generated --format json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("name a file or a folder to inspect")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return t.inspect(cmd.Context(), args, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// decoded is one token of a file.
type decoded struct {
	File     string          `json:"file"`
	Kind     string          `json:"kind"`
	Name     string          `json:"name,omitempty"`
	Subject  string          `json:"subject,omitempty"`
	Issuer   string          `json:"issuer,omitempty"`
	IssuedAt int64           `json:"issued_at,omitempty"`
	Expires  int64           `json:"expires,omitempty"`
	Findings []string        `json:"findings"`
	Claims   json.RawMessage `json:"claims,omitempty"`
}

// inspect decodes files and folders. It fails when a token does.
func (t *terminal) inspect(ctx context.Context, names []string, format string) error {
	all := []decoded{}
	for _, name := range names {
		found, err := inspectPath(ctx, name)
		if err != nil {
			return fmt.Errorf("inspect %s: %w", name, err)
		}
		all = append(all, found...)
	}
	bad := slices.ContainsFunc(all, func(d decoded) bool { return d.Kind == "unreadable" })
	var err error
	if format == "json" {
		err = diag.WriteJSON(t.stdout, struct {
			FormatVersion int       `json:"format_version"`
			Tokens        []decoded `json:"tokens"`
		}{1, all})
	} else {
		err = printDecoded(t.stdout, all)
	}
	if err == nil && bad {
		return exit(exitFailed)
	}
	return err
}

var errNoToken = errors.New("it holds no JWT")

// maxInspected is how large a file may be that is inspected, in bytes.
const maxInspected = 256 << 20

var errLarge = fmt.Errorf("it has more than %d MiB, and none of it is looked at", maxInspected>>20)

func inspectPath(ctx context.Context, name string) ([]decoded, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		found, err := inspectFile(ctx, name)
		if err == nil && len(found) == 0 {
			err = errNoToken
		}
		return found, err
	}
	var out []decoded
	err = filepath.WalkDir(name, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && p != name && strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir
		}
		if !e.Type().IsRegular() || !slices.Contains(inspected, filepath.Ext(p)) {
			return nil
		}
		found, err := inspectFile(ctx, p)
		out = append(out, found...)
		return err
	})
	if err == nil && len(out) == 0 {
		err = errNoToken
	}
	return out, err
}

// inspected are the endings of files that are looked into in a folder.
var inspected = []string{".jwt", ".creds", ".json", ".conf"}

// readUntil is readWhole until ctx is done: a pipe that nobody writes to is waited
// for without end.
func readUntil(ctx context.Context, name string) ([]byte, error) {
	var (
		data []byte
		err  error
		done = make(chan struct{})
	)
	go func() {
		defer close(done)
		data, err = readWhole(name)
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-done:
		return data, err
	}
}

// readWhole reads a file, which may be a pipe; errLarge is that it is too large.
func readWhole(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() && info.Size() > maxInspected {
		return nil, cmp.Or(err, errLarge)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxInspected+1))
	if err == nil && len(data) > maxInspected {
		err = errLarge
	}
	return data, err
}

// inspectFile decodes every token in a file, whatever form the file has.
func inspectFile(ctx context.Context, name string) ([]decoded, error) {
	unreadable := func(err error) []decoded {
		return []decoded{{File: name, Kind: "unreadable", Findings: []string{err.Error()}}}
	}
	data, err := readUntil(ctx, name)
	if errors.Is(err, errLarge) {
		return unreadable(err), nil
	}
	if err != nil {
		return nil, err
	}
	var out []decoded
	for _, token := range tokensIn(data) {
		out = append(out, decode(name, token))
	}
	if len(out) == 0 && (strings.HasSuffix(name, ".jwt") || strings.HasSuffix(name, ".creds")) {
		return unreadable(errNoToken), nil
	}
	return out, nil
}

// tokensIn finds JWTs in text: a header that begins as every JSON object's
// base64 does, and two dots.
func tokensIn(data []byte) []string {
	var out []string
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(string(data), notToken) {
		if strings.HasPrefix(word, "eyJ") && strings.Count(word, ".") == 2 && !seen[word] {
			seen[word] = true
			out = append(out, word)
		}
	}
	return out
}

func notToken(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
}

func decode(file, token string) decoded {
	claims, err := jwt.Decode(token)
	if err != nil {
		return decoded{File: file, Kind: "unreadable", Findings: []string{err.Error()}}
	}
	c := claims.Claims()
	d := decoded{
		File: file, Kind: string(claims.ClaimType()), Name: c.Name, Subject: c.Subject, Issuer: c.Issuer,
		IssuedAt: c.IssuedAt, Expires: c.Expires, Findings: []string{},
	}
	if d.Claims, err = emit.ReadableClaims(token); err != nil {
		d.Findings = append(d.Findings, err.Error())
	}
	var results jwt.ValidationResults
	claims.Validate(&results)
	for _, r := range results.Issues {
		d.Findings = append(d.Findings, r.Description)
	}
	if c.Expires > 0 && c.Expires <= time.Now().Unix() {
		d.Findings = append(d.Findings, "it expired at "+schema.FormatUnix(c.Expires))
	}
	sort.Strings(d.Findings)
	d.Findings = slices.Compact(d.Findings)
	return d
}

func printDecoded(w io.Writer, all []decoded) error {
	for i, d := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s %s\n", diag.Sanitize(d.File), diag.Sanitize(d.Kind), diag.Sanitize(d.Name))
		for _, f := range d.Findings {
			fmt.Fprintf(w, "  finding: %s\n", diag.Sanitize(f))
		}
		if d.Subject == "" {
			continue
		}
		fmt.Fprintf(w, "  subject  %s\n  issuer   %s\n  issued   %s\n", diag.Sanitize(d.Subject), diag.Sanitize(d.Issuer), schema.FormatUnix(d.IssuedAt))
		if d.Expires > 0 {
			fmt.Fprintf(w, "  expires  %s\n", schema.FormatUnix(d.Expires))
		}
		fmt.Fprintf(w, "%s\n", diag.SanitizeLines(string(d.Claims)))
	}
	return nil
}
