package emit

import (
	"strings"

	"jsc/compiler"
	"jsc/schema"
)

// cluster is what server i is told of the others. Routes are one a server, its
// own too.
func (r *rendering) cluster(c *confWriter, src *schema.Cluster, places []compiler.Place, i int) {
	if src == nil {
		src = &schema.Cluster{}
	}
	var routes []string
	for _, at := range places {
		routes = append(routes, at.Route)
	}
	c.text("name", src.Name.Or(oneWord(r.t.Operator.Name)))
	c.text("listen", places[i].Listen)
	c.list("routes", routes)
}

// oneWord is a name as that of a cluster, which nats-server refuses with
// spaces (server/errors.go, ErrClusterNameHasSpaces).
func oneWord(name string) string { return strings.Join(strings.Fields(name), "-") }
