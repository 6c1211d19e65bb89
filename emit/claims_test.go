package emit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
)

// compiled is a topology of testdata with the keys of a ring.
func compiled(t *testing.T, file string, r *ring) *compiler.Topology {
	t.Helper()
	known := func(id string) (string, bool) { return r.public(id), true }
	config, diags := schema.Load(schema.Options{Tree: os.DirFS("testdata"), Path: file, Keys: known})
	if diags.HasErrors() {
		t.Fatal(diags.Errs())
	}
	topology, diags := compiler.Compile(config, known)
	if diags.HasErrors() {
		t.Fatal(diags.Errs())
	}
	return topology
}

func signed(t *testing.T, topology *compiler.Topology, r *ring) *Plan {
	t.Helper()
	p, diags := NewPlan(topology, lock.New(), start)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if err := p.Sign(t.Context(), r, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// body is the nats part of a token.
func body(t *testing.T, p *Plan, id string) map[string]any {
	t.Helper()
	tk := p.Token(id)
	if tk == nil {
		t.Fatalf("there is no token %s", id)
	}
	text, err := ReadableClaims(tk.Text)
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Nats map[string]any }
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c.Nats
}

// TestEveryField compiles a topology that sets every attribute, and holds each
// token against what the library's names for them should say.
func TestEveryField(t *testing.T) {
	r := newWorld().ring
	p := signed(t, compiled(t, "claims.hcl", r), r)
	a, b := r.public("account/A"), r.public("account/B")
	for id, want := range map[string]string{
		"operator/OP": `{
			"signing_keys": ["` + r.public("operator/OP/signing/main") + `", "` + r.public("operator/OP/signing/spare") + `"],
			"account_server_url": "https://nats.example.com/jwt/v1", "operator_service_urls": ["tls://nats.example.com:4222"],
			"system_account": "` + r.public("account/SYS") + `", "assert_server_version": "2.15.0",
			"strict_signing_key_usage": true, "tags": ["prod"], "type": "operator", "version": 2}`,
		"account/A": `{
			"description": "all of it", "info_url": "https://example.com/a", "tags": ["team-a"], "cluster_traffic": "owner",
			"limits": {
				"conn": 10, "leaf": 2, "subs": 100, "data": 1073741824, "payload": 1048576, "imports": 20, "exports": 30, "wildcards": true,
				"tiered_limits": {
					"R1": {"mem_storage": 1048576, "disk_storage": 2097152, "streams": 3, "consumer": 4, "max_ack_pending": 5,
						"mem_max_stream_bytes": 10240, "disk_max_stream_bytes": 20480, "max_bytes_required": true},
					"R3": {"disk_storage": -1, "streams": -1, "consumer": -1, "max_ack_pending": -1,
						"mem_max_stream_bytes": -1, "disk_max_stream_bytes": -1}}},
			"signing_keys": [` + sortedScopes(r) + `],
			"default_permissions": {"pub": {"deny": ["forbidden"]}, "sub": {}},
			"mappings": {"in.*": [{"subject": "one.$1", "weight": 60}, {"subject": "two.$1", "weight": 40, "cluster": "east"}]},
			"trace": {"dest": "traces", "sampling": 50},
			"authorization": {"auth_users": ["` + r.public("account/A/user/callout") + `"], "allowed_accounts": ["` + b + `"]},
			"exports": [
				{"name": "open", "subject": "open.>", "type": "stream"},
				{"name": "raw", "description": "raw one", "info_url": "https://example.com/raw", "subject": "raw.*", "type": "service", "token_req": true,
					"response_type": "Singleton", "response_threshold": 5000000000, "advertise": true, "allow_trace": true,
					"service_latency": {"sampling": "headers", "results": "latency"}},
				{"name": "tagged", "subject": "tagged.*", "type": "service", "response_type": "Chunked", "account_token_position": 2}],
			"type": "account", "version": 2}`,
		"account/A/user/full": `{
			"pub": {"allow": ["p.>"], "deny": ["p.x"]}, "sub": {"allow": ["q group", "s.*"]}, "resp": {"max": 1, "ttl": 0},
			"src": ["10.0.0.0/8"], "times": [{"start": "08:00:00", "end": "17:00:00"}], "times_location": "Europe/Berlin",
			"allowed_connection_types": ["STANDARD", "WEBSOCKET"], "subs": 5, "data": 6, "payload": 7, "proxy_required": true,
			"issuer_account": "` + a + `", "tags": ["blue"], "type": "user", "version": 2}`,
		"account/A/user/device":        `{"pub": {}, "sub": {}, "issuer_account": "` + a + `", "type": "user", "version": 2}`,
		"account/A/user/token":         `{"pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1, "bearer_token": true, "issuer_account": "` + a + `", "type": "user", "version": 2}`,
		"activation/A/service/raw.*/B": `{"subject": "raw.*", "kind": "service", "issuer_account": "` + a + `", "type": "activation", "version": 2}`,
		"account/SYS":                  "",
		"account/B":                    "",
	} {
		got := body(t, p, id)
		if want == "" {
			continue
		}
		var expected map[string]any
		if err := json.Unmarshal([]byte(want), &expected); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	for id, issuer := range map[string]string{
		"operator/OP": "operator/OP", "account/A": "operator/OP/signing/spare", "account/B": "operator/OP/signing/main",
		"account/A/user/full": "account/A/signing/plain", "account/A/user/device": "account/A/signing/scoped",
		"account/A/user/token": "account/A/signing/plain", "activation/A/service/raw.*/B": "account/A/signing/plain",
	} {
		if c := p.Token(id).Claims().Claims(); c.Issuer != r.public(issuer) {
			t.Errorf("%s is signed by another than %s", id, issuer)
		}
	}
	date := func(s string) int64 { v, _ := time.Parse(time.DateOnly, s); return v.Unix() }
	for id, exp := range map[string]int64{
		"operator/OP": date("2030-01-31"), "account/A": start + 30*86400, "account/B": 0, "account/A/user/full": date("2029-01-01"),
	} {
		if c := p.Token(id).Claims().Claims(); c.Expires != exp {
			t.Errorf("%s expires at %d, not %d", id, c.Expires, exp)
		}
	}
	imports := p.Token("account/B").Claims().(*jwt.AccountClaims).Imports
	want := jwt.Imports{
		{Name: "open", Subject: "open.>", Account: a, Type: jwt.Stream, AllowTrace: true},
		{Name: "raw", Subject: "raw.*", Account: a, Type: jwt.Service, LocalSubject: "a.raw.$1", Share: true,
			Token: p.Token("activation/A/service/raw.*/B").Text},
	}
	if !reflect.DeepEqual(imports, want) {
		t.Errorf("imports of B: %s", cmp.Diff(want, imports))
	}
	valid(t, p)
	boots(t, p)
}

// sortedScopes are A's signing keys as the library writes them: by key.
func sortedScopes(r *ring) string {
	plain, scoped := r.public("account/A/signing/plain"), r.public("account/A/signing/scoped")
	keys := []string{`"` + plain + `"`, `{"kind": "user_scope", "key": "` + scoped + `", "role": "scoped", "description": "for devices",
		"template": {"pub": {"allow": ["devices.{{name()}}"]}, "sub": {"deny": ["secret.>"]}, "resp": {"max": 3, "ttl": 2000000000},
			"subs": 7, "data": -1, "payload": 1024, "allowed_connection_types": ["MQTT"]}}`}
	if scoped < plain {
		keys[0], keys[1] = keys[1], keys[0]
	}
	return strings.Join(keys, ",")
}

// valid holds every token against the library's own rules.
func valid(t *testing.T, p *Plan) {
	t.Helper()
	for _, tk := range p.Tokens {
		c, err := jwt.Decode(tk.Text)
		if err != nil {
			t.Fatalf("%s: %v", tk.ID, err)
		}
		vr := jwt.CreateValidationResults()
		c.Validate(vr)
		for _, issue := range vr.Issues {
			if !issue.TimeCheck {
				t.Errorf("%s: %s", tk.ID, issue.Description)
			}
		}
	}
}

// boots holds every server config against the server's own parser.
func boots(t *testing.T, p *Plan) {
	t.Helper()
	files, err := Render(p, "l")
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]Artifact{}
	for _, f := range files {
		byPath[f.Path] = f
	}
	dir := write(t, byPath)
	for _, f := range files {
		if f.Kind != "server-conf" {
			continue
		}
		if _, err := server.ProcessConfigFile(filepath.Join(dir, f.Path)); err != nil {
			t.Error(err)
		}
	}
}
