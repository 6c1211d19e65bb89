package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/spf13/cobra"

	"jsc/schema/diag"
)

// hostileNames are names that would be orders or markup, were they printed as
// they are. NATS takes all of them.
var hostileNames = []string{
	"::error file=x::y", "##[error]z", "`code`", "``", "@everyone", "[x](http://evil)", "<img src=x>", "</failure>]]>", "%0A::set-env name=A::b", "|a|b|",
}

// hiddenNames are names that no topology may have: what refuses them shows them.
var hiddenNames = []string{`\u001b[31mred`, `\u202egnp`, `a\n::warning::b`, `\u2066x`, `a\r::b`, `\u200b`}

// hostileTopology has hostile names wherever a name can stand.
func hostileTopology(names []string, disk string) string {
	q := func(s string) string {
		if strings.Contains(s, `\`) {
			return `"` + s + `"` // has HCL's escapes already
		}
		text, _ := json.Marshal(s) // no name has ${
		return string(bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(`\u003c`), []byte("<")), []byte(`\u003e`), []byte(">")))
	}
	var b strings.Builder
	b.WriteString("operator \"O\" {}\nserver {\n  name = \"s\"\n}\n")
	for _, name := range names {
		b.WriteString("account " + q(name) + " {\n  jetstream { disk = \"" + disk + "\" }\n  user " + q(name) + " { expires = \"30d\" }\n  signing_key " + q(name) + " {}\n}\n")
	}
	for i, name := range names {
		from, to := q(name), q(names[(i+1)%len(names)])
		b.WriteString("share " + q(name+disk) + " {\n  subject = \"##[error]s.>\"\n  from = account[" + from + "]\n  to " + to + " { local_subject = \"::l" + disk + ".>\" }\n}\n")
	}
	return b.String()
}

// command is what may begin a line of the github format.
var workflowCommand = regexp.MustCompile(`^::(error|warning|notice)( file=[^:]*?,title=[a-z-]+|)::`)

// What lint, check and plan print in a job of GitHub's is text, in every format
// that they have: no name in a topology, a lock or an output folder gives orders
// to the runner, moves a terminal's cursor or is markup (docs/security.md D4).
func TestHostileOutput(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	dir := t.TempDir()
	t.Chdir(dir)
	git := func(args ...string) { gitIn(t, dir, args...) }
	git("init", "-q", "-b", "main")
	const path = "::notice::t.hcl"
	write(t, filepath.Join(dir, path), hostileTopology(hostileNames, "1MiB"))
	if code := run([]string{"build", path, "--generate-keys", "--quiet"}, strings.NewReader(""), io.Discard, os.Stderr); code != exitDone {
		t.Fatalf("build exits %d", code)
	}
	git("add", "-A") // the keys have a .gitignore
	git("commit", "-q", "-m", "base")
	formats := map[string][]string{"plan": {"text", "json", "markdown"}}
	for _, f := range diag.Formats() {
		formats["lint"], formats["check"] = append(formats["lint"], f.Name), append(formats["check"], f.Name)
	}
	shown := 0 // how often a word of a name comes out
	for what, text := range map[string]string{
		"a change": hostileTopology(hostileNames, "2MiB"), "what is refused": hostileTopology(hiddenNames, "1MiB"), "as built": hostileTopology(hostileNames, "1MiB"),
	} {
		write(t, filepath.Join(dir, path), text)
		for _, args := range [][]string{
			{"lint", path, "--now", "1800000000"}, {"lint", path, "--base", "main"}, {"check", path}, {"check", path, "--base", "main", "--require-trust"},
			{"check", path, "--base", "main", "--unsigned"}, {"check", path, "--now", "1800000000"}, {"plan", path}, {"plan", path, "--against", "main"},
		} {
			for _, format := range formats[args[0]] {
				var stdout, stderr bytes.Buffer
				code := run(append(args[:len(args):len(args)], "--format", format), strings.NewReader(""), &stdout, &stderr)
				if code != exitDone && code != exitFailed && code != exitDiffers {
					t.Errorf("%s, %q as %s exits %d: %s", what, args, format, code, &stderr)
				}
				if stdout.Len() == 0 && what == "a change" && format != "github" {
					t.Errorf("%s, %q as %s says nothing", what, args, format)
				}
				shown += strings.Count(stdout.String(), "error")
				inert(t, format, stdout.String())
				inert(t, "text", stderr.String())
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d hostile words are shown", shown)
	}
}

// hostileRuns are runs of every command in a folder with a hostile topology, in
// an order in which each has something to say.
var hostileRuns = []string{
	"init ##[error]new",
	"fmt --check ::notice::t.hcl",
	"fmt --diff ::notice::t.hcl",
	"fmt ::notice::t.hcl",
	"keys generate ::notice::t.hcl",
	"keys list ::notice::t.hcl",
	"build ::notice::t.hcl --creds .jsc/::notice::t",
	"plan ::notice::t.hcl --against main",
	"check ::notice::t.hcl",
	"lint ::notice::t.hcl",
	"lint --rules --format text",
	"lint --explain bad-name --format json",
	"verify ::notice::t.hcl --messages 1",
	`explain account["##[error]z"] ::notice::t.hcl`,
	`explain account["##[error]z"].user["##[error]z"] ::notice::t.hcl`,
	`explain share["##[error]z1MiB"] ::notice::t.hcl`,
	"graph ::notice::t.hcl",
	"keys rotate account/##[error]z/signing/##[error]z ::notice::t.hcl",
	"keys move account/##[error]z/signing/##[error]z account/##[error]z/signing/##[error]y ::notice::t.hcl --format text",
	"keys move account/##[error]z/signing/##[error]y account/##[error]z/signing/##[error]z ::notice::t.hcl --format json",
	"keys import .jsc/keys ::notice::t.hcl",
	"keys export ::notice::t.hcl --age ##[error]a --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p --format text",
	"keys export ::notice::t.hcl --age ##[error]b --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p --format json",
	"lock merge ::notice::t.lock.json ::notice::t.lock.json ::notice::t.lock.json",
	"inspect generated",
	"inspect stranger.jwt",
	"version",
	"help keys",
	"__complete explain account",
	"completion bash",
	"completion zsh",
	"completion fish",
	"completion powershell",
}

// hostileFile is what the topology of hostileRuns is called, instead of "::notice::t".
const hostileFile = "t\n::notice::t\x1b[31m"

// formatWord is a format in the usage of a flag.
var formatWord = regexp.MustCompile(`\b(text|json|sarif|github|junit|markdown|dot|mermaid)\b`)

// Every command, in every format that it has, prints text in a job of GitHub's,
// whatever a topology's names say.
func TestHostileCommands(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	dir := t.TempDir()
	t.Chdir(dir)
	gitIn(t, dir, "init", "-q", "-b", "main")
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "base")
	write(t, filepath.Join(dir, hostileFile+".hcl"), strings.Replace(hostileTopology(hostileNames, "1MiB"), "{\n", "{\n\n    # ::error::\n", 1))
	write(t, filepath.Join(dir, "stranger.jwt"), strangersToken(t))
	var left []string // the commands that have not run
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		if !c.HasSubCommands() {
			left = append(left, c.CommandPath())
		}
	}
	visit(newRoot(&terminal{}))
	for _, line := range hostileRuns {
		args := strings.Fields(line)
		for i, arg := range args {
			args[i] = strings.ReplaceAll(arg, "::notice::t", hostileFile)
		}
		cmd, _, err := newRoot(&terminal{}).Find(args)
		if err != nil {
			t.Fatal(err)
		}
		left = slices.DeleteFunc(left, func(path string) bool { return path == cmd.CommandPath() })
		formats := []string{""}
		if flag := cmd.Flags().Lookup("format"); flag != nil && !slices.Contains(args, "--format") {
			usage, _, _ := strings.Cut(flag.Usage, ";")
			formats = formatWord.FindAllString(usage, -1)
		}
		for _, format := range formats {
			args := args
			if format != "" {
				args = append(args[:len(args):len(args)], "--format", format)
			}
			var stdout, stderr bytes.Buffer
			code := run(args, strings.NewReader(""), &stdout, &stderr)
			if code != exitDone && code != exitFailed && code != exitDiffers {
				t.Errorf("%q exits %d: %s", args, code, &stderr)
			}
			if args[0] != "completion" { // its text is data
				inert(t, cmp.Or(format, "text"), stdout.String())
			}
			if stdout.Len() == 0 && args[0] != "lock" && format != "github" {
				t.Errorf("%q says nothing but %s", args, &stderr)
			}
			inert(t, "text", stderr.String())
		}
	}
	if len(left) > 0 {
		t.Errorf("what %q print was not seen", left)
	}
}

// strangersToken is a token whose kind, subject and name are hostile. Of a kind
// that nobody knows, NATS's library verifies the claims alone.
func strangersToken(t *testing.T) string {
	t.Helper()
	key, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	issuer, _ := key.PublicKey()
	const evil = "x\n::error::\x1b[31m"
	claims, err := json.Marshal(map[string]any{"iss": issuer, "sub": evil, "name": evil, "nats": map[string]any{"type": evil, "version": 2}})
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	signature, err := key.Sign([]byte(text(claims)))
	if err != nil {
		t.Fatal(err)
	}
	return text([]byte(`{"typ":"JWT","alg":"ed25519-nkey"}`)) + "." + text(claims) + "." + text(signature)
}

// A text that is data is not broken up.
func TestHostileData(t *testing.T) {
	outputs := func(args ...string) string {
		var stdout bytes.Buffer
		if code := run(args, strings.NewReader("# ##[error]x\n"), &stdout, os.Stderr); code != exitDone {
			t.Errorf("%q exits %d", args, code)
		}
		return stdout.String()
	}
	for _, line := range []string{"fmt -", "completion bash", "completion zsh", "completion fish", "completion powershell"} {
		args := strings.Fields(line)
		t.Setenv("GITHUB_ACTIONS", "")
		want := outputs(args...)
		t.Setenv("GITHUB_ACTIONS", "true")
		if outputs(args...) != want {
			t.Errorf("%q is something else under GITHUB_ACTIONS", args)
		}
	}
}

// inert holds that an output is nothing but text.
func inert(t *testing.T, format, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if strings.ContainsFunc(line, diag.Hidden) {
			t.Errorf("%s has a hidden character: %q", format, line)
		}
		ours := format == "github" && workflowCommand.MatchString(line)
		if strings.HasPrefix(strings.TrimSpace(line), "::") && !ours || strings.Contains(line, "##[") {
			t.Errorf("%s gives an order: %q", format, line)
		}
		if format == "github" && !ours {
			t.Errorf("github has a line that is no command of ours: %q", line)
		}
		if format == "markdown" {
			bare := codeSpan.ReplaceAllString(line, "")
			if strings.ContainsAny(bare, "@<[`|") {
				t.Errorf("markdown has markup outside of code: %q", line)
			}
		}
	}
	if programs := []string{"json", "sarif", "junit"}; slices.Contains(programs, format) && (strings.Contains(out, `\u{5b}`) || strings.Contains(out, `\u{3a}`)) {
		t.Errorf("%s is broken up otherwise than its form does it: %q", format, out)
	}
	switch format {
	case "json", "sarif":
		if !json.Valid([]byte(out)) && out != "" {
			t.Errorf("%s is no JSON: %s", format, out)
		}
	case "junit":
		for d := xml.NewDecoder(strings.NewReader(out)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("junit is no XML: %v\n%s", err, out)
				break
			}
		}
	}
}

// codeSpan is a code span of markdown: as many backticks at its end as at its
// beginning. RE2 cannot count, so that each number has its form.
var codeSpan = regexp.MustCompile("````(?:[^`]|`{1,3}[^`])*````|```(?:[^`]|`{1,2}[^`])*```|``(?:[^`]|`[^`])*``|`[^`]+`")

// write writes a file, with the folders that lead to it.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// gitIn runs git in a folder.
func gitIn(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=n@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}
