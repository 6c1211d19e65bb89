package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
		b.WriteString("share " + q(name+disk) + " {\n  subject = \"s.>\"\n  from = account[" + from + "]\n  to " + to + " { local_subject = \"l" + disk + ".>\" }\n}\n")
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
