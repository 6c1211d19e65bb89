package emit

import (
	"fmt"
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/emit/client"
	"jsc/schema/diag"
)

// readmes says to the owner of an external account how to import its tokens,
// and how clients use what they give: it is all that the owner has.
func (r *rendering) readmes() error {
	var targets map[*compiler.Account][]*compiler.Target
	for _, a := range r.t.Accounts {
		if !a.External {
			continue
		}
		files := r.handedTo(a)
		if len(files) == 0 {
			continue
		}
		if targets == nil {
			targets = targetsOf(r.t)
		}
		r.add(a.Name, made(func() []byte { return []byte(readme(a, files, targets[a])) }), "activations", FileName(a.Name), "README.md")
	}
	return nil
}

// targetsOf are the shares' targets that accounts signed here give to external
// ones, by those.
func targetsOf(t *compiler.Topology) map[*compiler.Account][]*compiler.Target {
	all := map[*compiler.Account][]*compiler.Target{}
	for _, s := range t.Shares {
		for _, target := range s.Targets {
			if target.To != nil && target.To.External && !s.From.External {
				all[target.To] = append(all[target.To], target)
			}
		}
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(x, y *compiler.Target) int { return strings.Compare(x.Share.Name, y.Share.Name) })
	}
	return all
}

// readme is what the owner of an account is told of its tokens and its shares.
func readme(a *compiler.Account, files []handed, targets []*compiler.Target) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Imports for the account %s\n\n", markdown(a.Name))
	fmt.Fprintf(&b, "The activation tokens in this folder are bound to the account `%s`\n", a.PublicKey)
	b.WriteString("and are of no use to any other. With nsc, in this folder:\n\n```sh\n")
	for _, h := range files {
		b.WriteString(ImportCommand(h.grant) + "\n")
	}
	for _, g := range openGrants(targets) {
		b.WriteString(ImportCommand(g) + "\n")
	}
	b.WriteString("```\n\nThen push the account.\n\n")
	b.WriteString("The imports work on servers that also hold the accounts they come from, and that trust\n")
	b.WriteString("the operator which signs this one. If somebody else runs those, send them the operator's\n")
	b.WriteString("token, once, and the account's, each time that it changes. Neither is a secret.\n\n")
	b.WriteString("Where these tokens take the place of older ones, delete the older imports first:\n\n```sh\n")
	for _, h := range files {
		b.WriteString(deleteCommand(h.grant) + "\n")
	}
	b.WriteString("```\n")
	if len(targets) > 0 {
		b.WriteString("\n## What clients do\n\nA client logs in as a user of the account. In the Go code `nc` is its connection,\n")
		b.WriteString("with the inbox prefix where one is told; errors are left out.\n")
	}
	for _, t := range targets {
		readmeShare(&b, t)
	}
	return b.String()
}

// openGrants are those that anybody may import, without a token, each once: a
// public share may have private grants beside them.
func openGrants(targets []*compiler.Target) []*compiler.Grant {
	type imported struct {
		from           *compiler.Account
		subject, local string
	}
	var out []*compiler.Grant
	seen := map[imported]bool{}
	for _, t := range targets {
		for _, g := range t.Grants {
			if i := (imported{g.From, g.Subject, g.Local}); !g.Terms.Private && !seen[i] {
				seen[i] = true
				out = append(out, g)
			}
		}
	}
	return out
}

// readmeShare tells how clients use a share: what explain tells of it.
func readmeShare(b *strings.Builder, t *compiler.Target) {
	s := t.Share
	v := client.OfShare(s, t, t.Grants)
	fmt.Fprintf(b, "\n### %s\n\n%s, from the account %s.\n", codeSpan(s.Name), client.Shared(s, codeSpan), codeSpan(s.From.Name))
	if settings := v.Settings(); len(settings) > 0 {
		b.WriteByte('\n')
		for _, x := range settings {
			fmt.Fprintf(b, "- %s: %s", x.Name, codeSpan(x.Value))
			if x.Flag != "" {
				fmt.Fprintf(b, " (nats `%s`, nats.go `%s`)", x.Flag, x.Go)
			}
			b.WriteByte('\n')
		}
	}
	for _, u := range v.Uses(s.Kind.Name) {
		what := u.What
		if u.JSON != "" {
			what += ", make a stream of this, as `nats stream add --config` does"
		}
		fmt.Fprintf(b, "\nTo %s:\n", what)
		for _, form := range []struct{ language, text string }{{"sh", u.CLI}, {"json", u.JSON}, {"go", u.Go}} {
			if form.text != "" {
				fmt.Fprintf(b, "\n```%s\n%s\n```\n", form.language, strings.TrimSuffix(form.text, "\n"))
			}
		}
	}
	if cautions := v.ClientCautions(codeSpan); len(cautions) > 0 {
		b.WriteString("\nCareful:\n\n")
		for _, c := range cautions {
			b.WriteString("- " + c + "\n")
		}
	}
}

// ImportCommand is the nsc command that imports what a grant gives, by its token
// if it needs one.
func ImportCommand(g *compiler.Grant) string {
	command := "nsc add import --account=" + diag.ShellQuote(g.To.Name) + " --name=" + diag.ShellQuote(g.Name)
	if g.Terms.Private {
		command += " --token=" + diag.ShellQuote(TokenFile(g))
	} else {
		command += " --src-account=" + diag.ShellQuote(g.From.PublicKey) + " --remote-subject=" + diag.ShellQuote(g.Subject)
		if g.Type == compiler.ServiceType {
			command += " --service"
		}
	}
	if g.Local != g.Subject {
		command += " --local-subject=" + diag.ShellQuote(g.Local)
	}
	return command
}

// deleteCommand is the nsc command that takes an import away, which nsc knows by
// the exporter's subject, whatever the local one.
func deleteCommand(g *compiler.Grant) string {
	return "nsc delete import --account=" + diag.ShellQuote(g.To.Name) + " --subject=" + diag.ShellQuote(g.Subject) +
		" --src-account=" + diag.ShellQuote(g.From.PublicKey)
}

// markdown is text that means nothing to markdown: a name in a heading.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && strings.ContainsRune("\\`*_{}[]()<>#+-.!|&~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// codeSpan is text as code in a line of markdown: in more backticks than stand
// in it, and a space apart where it begins or ends with what would be lost.
func codeSpan(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.Trim(text, " `") != text {
		text = " " + text + " "
	}
	return fence + text + fence
}
