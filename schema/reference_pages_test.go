package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// generated says at the head of a page where it comes from.
const generated = "<!-- Made by `go test ./schema -update`; the source are the structs and the table of functions in schema/. -->\n\n"

// blocksReference is a page of Markdown about every block and attribute of the
// language, made from the structs that they are decoded into.
func blocksReference() string {
	var p page
	p.visit("", fileSpec())
	var out strings.Builder
	out.WriteString("# Blocks and attributes\n\n" + generated)
	out.WriteString("What is marked * must be set. Every block may have a `description`. Values are written as [the language](../language.md#values) says.\n\n")
	for i, s := range p.sections {
		if len(s.places) > 1 {
			fmt.Fprintf(&p.sections[i].text, "\nThe same block stands in %s.\n", strings.Join(s.places[1:], " and in "))
		}
		fmt.Fprintf(&out, "## %s\n\n%s\n", s.title, s.text.String())
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// page collects a section for each kind of block, where it is met first.
type page struct {
	sections []*section
	byType   map[specKey]*section
}

type section struct {
	title  string   // account › stream › consumer
	places []string // the titles of the blocks that it stands in
	text   strings.Builder
}

func (p *page) visit(title string, s *spec) {
	for _, name := range s.names {
		b := s.blocks[name]
		if b == nil {
			continue
		}
		key := specKey{b.typ, b.name}
		if prior := p.byType[key]; prior != nil {
			prior.places = append(prior.places, "`"+title+"`")
			continue
		}
		inner := name
		if title != "" {
			inner = title + " › " + name
		}
		sec := &section{title: inner, places: []string{title}}
		if p.byType == nil {
			p.byType = map[specKey]*section{}
		}
		p.byType[key] = sec
		p.sections = append(p.sections, sec)
		p.write(sec, b)
		p.visit(inner, b.spec())
	}
}

func (p *page) write(sec *section, b *blockSpec) {
	s := b.spec()
	header := b.name + " { }"
	if s.entity {
		header = b.name + ` "NAME" { }`
	}
	fmt.Fprintf(&sec.text, "`%s`: %s.", header, b.doc)
	switch {
	case s.forEach && s.open:
		sec.text.WriteString(" Takes `for_each`.")
	case s.forEach:
		sec.text.WriteString(" Takes `for_each` and `name`.")
	}
	sec.text.WriteString("\n")
	var inside []string
	head := false
	for _, name := range s.names {
		if s.blocks[name] != nil {
			inside = append(inside, "`"+name+"`")
			continue
		}
		if name == "description" {
			continue
		}
		if !head {
			sec.text.WriteString("\n| attribute | takes | is |\n| --- | --- | --- |\n")
			head = true
		}
		a := s.attrs[name]
		star := ""
		if a.required {
			star = "*"
		}
		fmt.Fprintf(&sec.text, "| `%s`%s | %s | %s |\n", name, star, escaped(a.words()), escaped(a.doc))
	}
	if len(inside) > 0 {
		fmt.Fprintf(&sec.text, "\nBlocks in it: %s.\n", strings.Join(inside, ", "))
	}
}

// words are what an attribute takes, as a reference page says it.
func (a *attrSpec) words() string {
	elem, list := a.typ, a.typ.Kind() == reflect.Slice
	if list {
		elem = a.typ.Elem()
	}
	what := scalars[elem].what
	switch {
	case a.syntax:
		what = "a type"
	case len(a.enum) > 0:
		words := slices.Clone(a.enum)
		for i, w := range words {
			words[i] = "`" + w + "`"
		}
		what = strings.Join(words, ", ")
	case len(a.refs) > 0:
		what = (&conversion{spec: a}).kinds()
		if elem == reflect.TypeFor[LabelOrRef]() {
			what = "a name or " + what
		} else {
			what = "reference to " + what
		}
	}
	if list {
		return "list of: " + what
	}
	return what
}

func escaped(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// functionsReference is a page of Markdown about every function.
func functionsReference() string {
	var out strings.Builder
	out.WriteString("# Functions\n\n" + generated)
	out.WriteString("They are Terraform's, where it has one of the name, and pure: none reads the clock, the environment, randomness or\n" +
		"the network. Those that read files read regular files of the topology's tree, relative to the file that calls them.\n\n")
	out.WriteString("| function | gives | as in |\n| --- | --- | --- |\n")
	for _, f := range functionTable {
		fmt.Fprintf(&out, "| `%s` | %s | `%s` = `%s` |\n", f.Name, escaped(f.Does), escaped(f.Example), escaped(f.Gives))
	}
	return out.String()
}
