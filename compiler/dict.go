package compiler

// dict finds values by their names. Most scopes have few: up to maxListed are
// looked through, which takes less room than a map, and less time. The zero
// dict is empty and ready.
type dict[V any] struct {
	listed []listed[V]
	mapped map[string]V // all, once there are more
}

const maxListed = 8

type listed[V any] struct {
	name  string
	value V
}

// grow makes room for n names.
func (d *dict[V]) grow(n int) {
	if n > maxListed && len(d.listed) == 0 && d.mapped == nil {
		d.mapped = make(map[string]V, n)
	}
}

// get is the value of a name, and whether it has one.
func (d *dict[V]) get(name string) (value V, has bool) {
	if d.mapped != nil {
		value, has = d.mapped[name]
		return value, has
	}
	for _, l := range d.listed {
		if l.name == name {
			return l.value, true
		}
	}
	return value, false
}

// add gives a name that has none a value.
func (d *dict[V]) add(name string, value V) {
	switch {
	case d.mapped != nil:
		d.mapped[name] = value
	case len(d.listed) < maxListed:
		d.listed = append(d.listed, listed[V]{name, value})
	default:
		d.mapped = make(map[string]V, 2*maxListed)
		for _, l := range d.listed {
			d.mapped[l.name] = l.value
		}
		d.mapped[name] = value
		d.listed = nil
	}
}
