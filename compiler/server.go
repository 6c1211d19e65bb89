package compiler

import (
	"regexp"
	"strconv"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// The defaults of server {}.
const (
	defaultVersion     = "2.15"
	defaultClusterSize = 1
	defaultAckFormat   = "v1"
)

// maxClusterSize bounds how many configurations a topology can ask for; every
// server of a cluster has a route to every other one.
const maxClusterSize = 256

// ackFormats are the words of ack_format.
var ackFormats = map[string]AckFormats{
	"v1":   {V1: true},
	"v2":   {V2: true},
	"both": {V1: true, V2: true},
}

var serverVersion = regexp.MustCompile(`^[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?$`)

// compileServer makes the deployment with its defaults.
func (p *pass) compileServer() {
	src := &schema.Server{}
	if len(p.config.Servers) > 0 {
		src = p.config.Servers[0]
		p.t.Server.Src = src
	}
	for i := 1; i < len(p.config.Servers); i++ {
		d := diag.New("duplicate-name", p.config.Servers[i].Site().Type, "block", "server")
		p.add(diag.WithNote(d, src.Site().Type, "it is declared here first"))
	}
	s := &p.t.Server
	s.Version = src.Version.Or(defaultVersion)
	if !serverVersion.MatchString(s.Version) {
		p.add(diag.New("bad-value", src.Version.Range(), "version", "two or three numbers, as in 2.15", quote(s.Version)))
		s.Version = defaultVersion
	}
	s.ClusterSize = int(src.ClusterSize.Or(defaultClusterSize))
	if s.ClusterSize < 1 || s.ClusterSize > maxClusterSize {
		p.add(diag.New("bad-value", src.ClusterSize.Range(), "cluster_size", "1 to "+strconv.Itoa(maxClusterSize), strconv.Itoa(s.ClusterSize)))
		s.ClusterSize = defaultClusterSize
	}
	s.Ack = ackFormats[src.AckFormat.Or(defaultAckFormat)]
	s.Flags = p.featureFlags(src)
	s.Name = p.serverName(src)
	if src.JetStream != nil {
		s.Domain = src.JetStream.Domain.Or("")
		if s.Domain != "" && !validToken(s.Domain) {
			p.add(diag.New("bad-value", src.JetStream.Domain.Range(), "domain", "a word without spaces, dots and wildcards", quote(s.Domain)))
			s.Domain = ""
		}
	}
	p.checkServer(src)
}

// serverName is the server's name, by default the operator's. The server
// refuses one with spaces (server/errors.go, ErrServerNameHasSpaces).
func (p *pass) serverName(src *schema.Server) string {
	if src.Name.IsSet() {
		if src.Name.Value == "" || strings.ContainsFunc(src.Name.Value, isSpace) {
			p.add(diag.New("bad-value", src.Name.Range(), "name", "a word without spaces", quote(src.Name.Value)))
		}
		if why := hiddenIn(src.Name.Value); why != "" {
			p.add(diag.New("bad-name", src.Name.Range(), src.Name.Value, why))
		}
		return src.Name.Value
	}
	if p.t.Operator == nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if isSpace(r) {
			return '-'
		}
		return r
	}, p.t.Operator.Name)
}

func isSpace(r rune) bool { return strings.ContainsRune(" \t\r\n\f", r) }

// validToken reports that s can be one literal token of a subject.
func validToken(s string) bool {
	return s != "" && !strings.ContainsAny(s, ".*> \t\r\n\f")
}
