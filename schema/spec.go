package schema

import (
	"reflect"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// spec is what one block type may hold, read once from the struct that it is
// decoded into: the structs are the language's table.
type spec struct {
	what    string // as messages name it: "stream"
	typ     reflect.Type
	entity  bool // has a Head: a label, a name, perhaps a for_each
	forEach bool
	attrs   map[string]*attrSpec
	blocks  map[string]*blockSpec
	groups  []group
	names   []string // of attributes and blocks, as declared
	open    bool     // takes attributes of any name: locals, a module's inputs
}

// group are attributes and blocks that instances may share: an embedded pointer
// to a struct.
type group struct {
	index []int
	none  reflect.Value // a pointer to an empty one, which is not changed
}

// ungrouped is the group of what belongs to none.
const ungrouped = -1

// attrSpec is one attribute of a block.
type attrSpec struct {
	name     string
	of       string // the block's type
	index    []int  // of the struct's field
	group    int
	typ      reflect.Type
	required bool
	syntax   bool // its value is a piece of syntax; in JSON, a string of it
	enum     []string
	refs     []Kind // what a reference may be to
	doc      string
	stratum  stratum
}

// blockSpec is one type of nested block.
type blockSpec struct {
	name  string
	doc   string
	index []int
	group int
	many  bool
	bare  bool         // without the label that its type has
	typ   reflect.Type // of the struct
}

// stratum orders evaluation: what is evaluated in one may use what an earlier
// one has made.
type stratum int

const (
	families   stratum = iota + 1 // for_each and name of accounts and of what is in them
	crossings                     // for_each and name of shares, to, export, import; public_key
	deliveries                    // subjects, deliver_subject
	therest                       // everything else
)

// earlier are the attributes that references have as values, which are thus
// worked out before the rest.
var earlier = map[string]stratum{"public_key": crossings, "subjects": deliveries, "deliver_subject": deliveries}

var headType = reflect.TypeFor[Head]()

// blocksOf gives a block's spec; specs are made once a type.
func (b *blockSpec) spec() *spec { return specOf(b.typ, b.name) }

// labels are the names of the block's labels, as HCL's JSON syntax wants them.
func (b *blockSpec) labels() []string {
	if b.spec().entity && !b.bare {
		return []string{"name"}
	}
	return nil
}

// single are the blocks that have a label but neither for_each nor name.
var single = map[string]bool{"operator": true, "variable": true, "output": true}

var specs sync.Map // specKey → *spec

type specKey struct {
	typ  reflect.Type
	what string
}

func specOf(typ reflect.Type, what string) *spec {
	key := specKey{typ, what}
	if s, ok := specs.Load(key); ok {
		return s.(*spec)
	}
	s := &spec{what: what, typ: typ, attrs: map[string]*attrSpec{}, blocks: map[string]*blockSpec{}}
	s.collect(typ, nil, ungrouped)
	s.forEach = s.entity && !single[what]
	made, _ := specs.LoadOrStore(key, s)
	return made.(*spec)
}

// collect adds the fields of a struct, those of embedded structs included.
func (s *spec) collect(typ reflect.Type, at []int, in int) {
	if typ == headType {
		s.entity = true
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		index := append(append([]int(nil), at...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Pointer {
			s.groups = append(s.groups, group{index, reflect.New(f.Type.Elem())})
			s.collect(f.Type.Elem(), index, len(s.groups)-1)
			continue
		}
		if f.Anonymous {
			s.collect(f.Type, index, in)
			continue
		}
		tag := f.Tag.Get("hcl")
		if tag == "" {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		if option == "open" {
			s.open = true
			continue
		}
		s.names = append(s.names, name)
		switch {
		case f.Type.Kind() == reflect.Pointer:
			s.blocks[name] = &blockSpec{name: name, doc: f.Tag.Get("doc"), index: index, group: in, typ: f.Type.Elem()}
		case f.Type.Kind() == reflect.Slice:
			s.blocks[name] = &blockSpec{name: name, doc: f.Tag.Get("doc"), index: index, group: in, many: true, typ: f.Type.Elem().Elem()}
		default:
			a := &attrSpec{name: name, of: s.what, index: index, group: in, required: option == "required", syntax: option == "syntax", doc: f.Tag.Get("doc"), stratum: therest}
			a.typ = reflect.New(f.Type).Interface().(assigner).valueType()
			if e := f.Tag.Get("enum"); e != "" {
				a.enum = strings.Split(e, ",")
			}
			if r := f.Tag.Get("ref"); r != "" {
				for _, k := range strings.Split(r, ",") {
					a.refs = append(a.refs, Kind(k))
				}
			}
			if st, ok := earlier[name]; ok {
				a.stratum = st
			}
			s.attrs[name] = a
		}
	}
}

// settable lists what a block's author may write in it.
func (s *spec) settable() []string {
	names := s.names
	if s.forEach {
		names = append([]string{"for_each", "name"}, names...)
	}
	return names
}

// assigner is what every *Attr has: the decoder fills attributes through it.
type assigner interface {
	assign(at *Site, value any)
	fail(at *Site)
	valueType() reflect.Type
}

func (a *Attr[T]) assign(at *Site, value any) {
	a.at = at
	if value != nil {
		a.Value = value.(T)
	}
}

func (a *Attr[T]) fail(at *Site) {
	refused := *at
	refused.invalid = true
	a.at = &refused
}

func (a *Attr[T]) valueType() reflect.Type { return reflect.TypeFor[T]() }

// validIdentifier reports that s can be a step of a traversal without quotes.
func validIdentifier(s string) bool { return hclsyntax.ValidIdentifier(s) }
