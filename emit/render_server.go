package emit

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
)

// The defaults of server.conf (docs/security.md E2).
const (
	defaultHost     = "127.0.0.1"
	defaultStoreDir = "./data/jetstream"
)

// operatorConf holds the operator's JWT alone, so that a deployment can keep
// its own: a changed one makes a server's whole reload fail.
func (r *rendering) operatorConf() error {
	if !r.managed() {
		return nil
	}
	t := r.p.Token(lock.OperatorID(r.t.Operator.Name))
	r.addWith(r.t.Operator.Name, []*Token{t}, func(_ *Artifact, out []byte, text appendText) ([]byte, error) {
		c := &confWriter{out: out}
		c.token("operator", t, text)
		return c.out, c.err
	}, "operator.conf")
	return nil
}

const resolverKind = "resolver-conf"

// resolverConf holds operator, system account, resolver and preload, and
// nothing else.
func (r *rendering) resolverConf() error {
	if !r.managed() {
		return nil
	}
	accounts := slices.DeleteFunc(slices.Clone(r.p.Tokens), func(t *Token) bool { return t.Kind != AccountToken })
	slices.SortFunc(accounts, func(a, b *Token) int { return strings.Compare(a.Account.PublicKey, b.Account.PublicKey) })
	inPieces := func(out []byte, text appendText, take taker) ([]byte, error) {
		c := &confWriter{out: out}
		c.include("operator.conf")
		c.gap()
		if sys := r.t.Operator.SystemAccount; sys != nil {
			c.text("system_account", sys.PublicKey)
		}
		r.resolver(c)
		c.gap()
		c.block(preloadKey, func() {
			for _, t := range accounts {
				c.token(t.Account.PublicKey, t, text)
				c.pass(take)
			}
		})
		return c.out, c.err
	}
	r.addWith(r.t.Operator.Name, accounts, func(_ *Artifact, out []byte, text appendText) ([]byte, error) {
		size := 4 << 10 // for what stands around the accounts
		for _, t := range accounts {
			size += len(t.Account.PublicKey) + max(len(t.Text), len(t.taken)) + len("  : \"\"\n")
		}
		return inPieces(slices.Grow(out, size), text, nil)
	}, "resolver.conf")
	r.out[len(r.out)-1].inPieces = inPieces
	return nil
}

const preloadKey = "resolver_preload"

// preload is what a resolver.conf has of accounts, sorted by key, a line each.
type preload []byte

// preloaded finds that.
func preloaded(conf []byte) preload {
	_, lines, _ := bytes.Cut(conf, []byte(preloadKey+" {\n"))
	return lines
}

// find is the text of the token of an account, without those that come before it
// from now on; nil where there is none as token writes it.
func (p *preload) find(account string) []byte {
	for {
		line, rest, more := bytes.Cut(*p, []byte("\n"))
		key, quoted, _ := bytes.Cut(bytes.TrimPrefix(line, []byte("  ")), []byte(": "))
		if !more || string(key) > account {
			return nil
		}
		*p = rest
		if string(key) == account {
			text, begins := bytes.CutPrefix(quoted, []byte(`"`))
			text, ends := bytes.CutSuffix(text, []byte(`"`))
			if !begins || !ends || !isPlain(text) {
				return nil
			}
			return text
		}
	}
}

// token writes a token's text, or what stands for it.
func (c *confWriter) token(key string, t *Token, text appendText) {
	c.line(key, func(out []byte) ([]byte, error) {
		begin := len(out)
		out = text(append(out, '"'), t)
		if token := out[begin+1:]; !isPlain(token) { // which no build writes
			return appendQuoted(out[:begin], string(token))
		}
		return append(out, '"'), nil
	})
}

// resolvers are what each type of resolver is told, beyond its type and folder.
var resolvers = map[string]func(*confWriter, *schema.Resolver, int){
	"full": func(c *confWriter, r *schema.Resolver, accounts int) {
		if r.AllowDelete.IsSet() {
			c.flag("allow_delete", r.AllowDelete.Value)
		}
		c.duration("interval", r.Interval)
		if r.Limit.IsSet() {
			c.number("limit", r.Limit.Value)
		}
		c.duration("timeout", r.Timeout)
	},
	// A cache that holds fewer accounts than there are drops some of the preload.
	"cache": func(c *confWriter, r *schema.Resolver, accounts int) {
		c.number("limit", max(r.Limit.Or(0), int64(accounts)))
		c.duration("ttl", r.TTL)
		c.duration("timeout", r.Timeout)
	},
}

func (r *rendering) resolver(c *confWriter) {
	kind := "memory"
	var src *schema.Resolver
	if s := r.t.Server.Src; s != nil && s.Resolver != nil {
		src = s.Resolver
		kind = src.Type.Or(kind)
	}
	options := resolvers[kind]
	if options == nil {
		c.text("resolver", kind)
		return
	}
	c.block("resolver", func() {
		c.text("type", kind)
		c.textIf("dir", src.Dir.Or(""))
		options(c, src, len(r.t.Accounts))
	})
}

// duration writes a duration in Go's units, as the server reads them.
func (c *confWriter) duration(key string, d schema.Attr[schema.Duration]) {
	if d.IsSet() {
		c.text(key, d.Value.String())
	}
}

// serverConfs writes one server.conf, or server-1.conf … for a cluster.
func (r *rendering) serverConfs() error {
	if !r.managed() {
		return nil
	}
	src := r.t.Server.Src
	if src == nil {
		src = &schema.Server{}
	}
	n := max(1, r.t.Server.ClusterSize)
	places := r.t.Server.Places()
	for i := range n {
		name, path := r.t.Server.Name, "server.conf"
		if n > 1 {
			name = fmt.Sprintf("%s-%d", name, i+1)
			path = fmt.Sprintf("server-%d.conf", i+1)
		}
		r.add(name, func() ([]byte, error) { return r.serverConf(src, name, places, i) }, path)
	}
	return nil
}

// serverConf is the configuration of server i.
func (r *rendering) serverConf(src *schema.Server, name string, places []compiler.Place, i int) ([]byte, error) {
	at := places[i]
	c := &confWriter{}
	c.include("resolver.conf")
	c.gap()
	c.text("server_name", name)
	c.text("listen", address(src.Host.Or(defaultHost), at.Port))
	if n := r.p.MaxControlLine(); n > 0 {
		c.number("max_control_line", int64(n))
	}
	if at.HTTPPort > 0 {
		c.text("http", address(defaultHost, at.HTTPPort))
	}
	if len(r.t.Server.Flags) > 0 {
		c.block("feature_flags", func() {
			for _, flag := range slices.Sorted(maps.Keys(r.t.Server.Flags)) {
				c.flag(flag, r.t.Server.Flags[flag])
			}
		})
	}
	c.block("jetstream", func() { r.jetStream(c, src.JetStream, at.Before) })
	if t := src.TLS; t != nil {
		c.block("tls", func() {
			c.text("cert_file", t.CertFile.Or(""))
			c.text("key_file", t.KeyFile.Or(""))
			c.textIf("ca_file", t.CAFile.Or(""))
			if t.Verify.IsSet() {
				c.flag("verify", t.Verify.Value)
			}
		})
	}
	if len(places) > 1 {
		c.block("cluster", func() { r.cluster(c, src.Cluster, places, i) })
	}
	return c.out, c.err
}

func (r *rendering) jetStream(c *confWriter, src *schema.ServerJetStream, before int64) {
	if src == nil {
		src = &schema.ServerJetStream{}
	}
	c.text("store_dir", storeDir(src.StoreDir.Or(defaultStoreDir), before))
	c.textIf("domain", r.t.Server.Domain)
	memory, disk := reserved(r.t)
	c.size("max_mem", src.MaxMemory, memory)
	c.size("max_file", src.MaxFile, disk)
	if s := src.SyncInterval; s.IsSet() {
		c.text("sync_interval", syncInterval(s.Value))
	}
	c.textIf("unique_tag", src.UniqueTag.Or(""))
}

// storeDir is where a server keeps its streams when so many others run on its
// machine: servers that share a folder lose what is in it.
func storeDir(first string, before int64) string {
	if before == 0 {
		return first
	}
	return fmt.Sprintf("%s-%d", strings.TrimRight(first, `/\`), before+1)
}

// size writes a limit as written, else the sum of the accounts'; nothing when
// there is neither.
func (c *confWriter) size(key string, written schema.Attr[schema.Limit], sum int64) {
	if n := int64(written.Or(schema.Limit(sum))); n >= 0 {
		c.number(key, n)
	}
}

// reserved are the sums of the accounts' limits, -1 where an account has none:
// a single server that reserves less silently turns JetStream off for the last
// accounts (docs/security.md E3). Without JetStream accounts, or in a cluster, both are
// -1; and with an external account, which may be brought to this server with limits
// that only its owner knows.
func reserved(t *compiler.Topology) (memory, disk int64) {
	var limits []compiler.JetStreamLimits
	for _, a := range t.Accounts {
		switch js := a.JetStream; {
		case a.External:
			return -1, -1
		case js == nil:
		case len(js.Tiers) == 0:
			limits = append(limits, js.JetStreamLimits)
		default:
			for _, tier := range js.Tiers {
				limits = append(limits, tier.JetStreamLimits)
			}
		}
	}
	if len(limits) == 0 || t.Server.ClusterSize > 1 {
		return -1, -1
	}
	memory, disk = t.Reserved()
	for _, l := range limits {
		if l.Memory < 0 {
			memory = -1
		}
		if l.Disk < 0 {
			disk = -1
		}
	}
	return memory, disk
}

// syncInterval is "always", or a duration in Go's units.
func syncInterval(written string) string {
	if d, err := schema.ParseDuration(written); err == nil {
		return d.String()
	}
	return strings.ToLower(written)
}

func address(host string, port int64) string {
	return net.JoinHostPort(host, strconv.FormatInt(port, 10))
}
