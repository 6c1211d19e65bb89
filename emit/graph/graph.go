// Package graph owns the picture of a topology: its accounts with what is in
// them, and what crosses between them. All of it comes from the grants that
// tokens are made of. It is pure, and the same for the same topology.
package graph

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// Graph is a topology as nodes and edges, sorted by their IDs.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// Node is an account, something in one, or anybody.
type Node struct {
	ID       string   `json:"id"` // as keys and tokens have in the lock: account/A/stream/S
	Kind     Kind     `json:"kind"`
	Name     string   `json:"name"`             // the NATS name
	Parent   string   `json:"parent,omitempty"` // the node that it is in; "" for an account
	System   bool     `json:"system,omitempty"`
	External bool     `json:"external,omitempty"` // its key is another's
	Subjects []string `json:"subjects,omitempty"` // what a stream stores, or where a consumer delivers
}

// Kind is a kind of node: the block that declares it.
type Kind = schema.Kind

// anybody is the kind, and the ID, of the node that stands for all accounts: a
// public share without importers goes to it.
const anybody Kind = "anybody"

// Edge is what flows from one node to another.
type Edge struct {
	// Kind is a share's kind; "import" for an import that no share makes, and
	// "mirror" or "source" for a stream that copies one of its own account.
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"` // of the share, or of the import
	From string `json:"from"`           // the ID of what is shared
	To   string `json:"to"`             // the ID of the importer, or of its stream that copies
	// Grants are the subjects that cross; empty within an account.
	Grants []Grant `json:"grants,omitempty"`
}

// Grant is one subject that the importer may use.
type Grant struct {
	Grant    string        `json:"grant"` // row of the share's kind; "import" for one without a share
	Type     compiler.Type `json:"type"`
	Subject  string        `json:"subject"`
	Local    string        `json:"local_subject"` // where the importer sees it
	Response string        `json:"response,omitempty"`
	Private  bool          `json:"private"`
}

// Of is the graph of a topology.
func Of(t *compiler.Topology) *Graph {
	g := &Graph{Nodes: []Node{}, Edges: []Edge{}}
	for _, a := range t.Accounts {
		g.account(a)
	}
	for _, s := range t.Shares {
		g.share(s)
	}
	for _, s := range t.Accepted {
		g.stranger(s)
		g.share(s)
	}
	for _, grant := range t.Grants {
		if grant.Share == nil && grant.To != nil {
			g.edge("import", grant.Name, accountID(grant.From), accountID(grant.To), grant)
		}
	}
	if slices.ContainsFunc(g.Edges, func(e Edge) bool { return e.To == string(anybody) }) {
		g.Nodes = append(g.Nodes, Node{ID: string(anybody), Kind: anybody, Name: string(anybody)})
	}
	slices.SortFunc(g.Nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(g.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return g
}

// add adds a node, unless it is there.
func (g *Graph) add(n Node) {
	if !slices.ContainsFunc(g.Nodes, func(other Node) bool { return other.ID == n.ID }) {
		g.Nodes = append(g.Nodes, n)
	}
}

// account adds an account and what is in it.
func (g *Graph) account(a *compiler.Account) {
	g.Nodes = append(g.Nodes, accountNode(a))
	for _, s := range a.Streams {
		g.Nodes = append(g.Nodes, streamNode(s))
		for _, c := range s.Consumers {
			g.Nodes = append(g.Nodes, consumerNode(c))
		}
		if m := s.Config.Mirror; m != nil {
			g.copies("mirror", m, s)
		}
		for _, o := range s.Config.Sources {
			g.copies("source", o, s)
		}
	}
}

// copies adds an edge for what a stream copies from one of its own account.
func (g *Graph) copies(kind string, from *compiler.StreamSource, to *compiler.Stream) {
	if from.External != nil {
		return
	}
	i := slices.IndexFunc(to.Account.Streams, func(s *compiler.Stream) bool { return s.Config.Name == from.Name })
	if i >= 0 {
		g.edge(kind, "", streamID(to.Account.Streams[i]), streamID(to))
	}
}

// stranger adds what an accepted share comes from, of which its bundle is all
// that is known.
func (g *Graph) stranger(s *compiler.Share) {
	g.add(accountNode(s.From))
	if s.Stream != nil {
		g.add(streamNode(s.Stream))
	}
	if s.Consumer != nil {
		g.add(consumerNode(s.Consumer))
	}
}

// share adds an edge for each importer, and for each of its streams that copy
// what is shared.
func (g *Graph) share(s *compiler.Share) {
	from := accountID(s.From)
	switch {
	case s.Consumer != nil:
		from = consumerID(s.Consumer)
	case s.Stream != nil:
		from = streamID(s.Stream)
	}
	for _, t := range s.Targets {
		copies := t.Copies()
		for _, c := range copies {
			g.edge(s.Kind.Name, s.Name, from, streamID(c), t.Grants...)
		}
		if len(copies) == 0 {
			g.edge(s.Kind.Name, s.Name, from, accountID(t.To), t.Grants...)
		}
	}
	if len(s.Open) > 0 {
		g.edge(s.Kind.Name, s.Name, from, string(anybody), s.Open...)
	}
}

func (g *Graph) edge(kind, name, from, to string, grants ...*compiler.Grant) {
	e := Edge{Kind: kind, Name: name, From: from, To: to}
	for _, x := range grants {
		row := x.RowName()
		if x.Share == nil {
			row = kind
		}
		e.Grants = append(e.Grants, Grant{
			Grant: row, Type: x.Type, Subject: x.Subject, Local: x.Local, Response: x.Terms.Response, Private: x.Terms.Private,
		})
	}
	g.Edges = append(g.Edges, e)
}

func accountID(a *compiler.Account) string { return schema.ID("account", a.Name) }

func streamID(s *compiler.Stream) string {
	h := s.Src.Header()
	return schema.ID("account", s.Account.Name, string(h.Kind), h.Name)
}

func consumerID(c *compiler.Consumer) string {
	return streamID(c.Stream) + "/" + schema.ID("consumer", c.Config.Name)
}

func accountNode(a *compiler.Account) Node {
	return Node{ID: accountID(a), Kind: schema.KindAccount, Name: a.Name, System: a.System, External: a.External}
}

// streamNode leaves a bucket's subjects out: they say no more than its name.
func streamNode(s *compiler.Stream) Node {
	h := s.Src.Header()
	n := Node{ID: streamID(s), Kind: h.Kind, Name: h.Name, Parent: accountID(s.Account)}
	if h.Kind == schema.KindStream {
		n.Subjects = s.Config.Subjects
	}
	return n
}

func consumerNode(c *compiler.Consumer) Node {
	n := Node{ID: consumerID(c), Kind: schema.KindConsumer, Name: c.Config.Name, Parent: streamID(c.Stream)}
	if c.Config.Push() {
		n.Subjects = []string{c.Config.DeliverSubject}
	}
	return n
}

// Formats are the forms that a graph can be written in.
var Formats = map[string]func(*Graph, io.Writer) error{
	"dot":     (*Graph).dot,
	"mermaid": (*Graph).mermaid,
	"json":    (*Graph).JSON,
}

// JSON writes the graph as an object of format_version 1, nodes and edges.
func (g *Graph) JSON(w io.Writer) error {
	return diag.WriteJSON(w, struct {
		FormatVersion int `json:"format_version"`
		*Graph
	}{1, g})
}

// label is what a picture shows of an edge: its kind and name, and below its
// grants, by name where there are several.
func (e *Edge) label() []string {
	lines := []string{e.Kind}
	if e.Name != "" {
		lines[0] += " " + e.Name
	}
	if len(e.Grants) == 1 {
		return append(lines, e.Grants[0].crossing())
	}
	var names []string
	for _, x := range e.Grants {
		if !slices.Contains(names, x.Grant) {
			names = append(names, x.Grant)
		}
	}
	if len(names) > 0 {
		lines = append(lines, strings.Join(names, ", "))
	}
	return lines
}

// crossing is a grant's subject, and where the importer sees it.
func (g *Grant) crossing() string {
	if g.Local == g.Subject {
		return g.Subject
	}
	return g.Subject + " as " + g.Local
}

// label is what a picture shows of a node.
func (n *Node) label() []string {
	title := n.Name
	switch {
	case n.System:
		title += " (system)"
	case n.External:
		title += " (external)"
	}
	return append([]string{title}, n.Subjects...)
}

// tree is the nodes by what they are in; "" has the accounts.
func (g *Graph) tree() map[string][]*Node {
	in := map[string][]*Node{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		in[n.Parent] = append(in[n.Parent], n)
	}
	return in
}
