package emit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"

	"jsc/compiler"
	"jsc/emit/folder"
	"jsc/emit/lock"
	"jsc/schema"
)

func write(t *testing.T, files map[string]Artifact) string {
	t.Helper()
	dir := t.TempDir()
	for path, f := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestServerBoots(t *testing.T) {
	w := full()
	dir := write(t, render(t, w))
	o, err := server.ProcessConfigFile(filepath.Join(dir, "server.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if o.ServerName != "OP" || o.Host != "127.0.0.1" || o.Port != 4222 || o.HTTPPort != 0 || o.StoreDir != "./data/jetstream" {
		t.Errorf("name %s, listen %s:%d, http %d, store %s", o.ServerName, o.Host, o.Port, o.HTTPPort, o.StoreDir)
	}
	o.DontListen, o.NoLog, o.NoSigs, o.StoreDir = true, true, true, t.TempDir()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not come up")
	}
	if sys := s.SystemAccount(); sys == nil || sys.Name != w.ring.public("account/SYS") {
		t.Error("SYS is not the system account")
	}
	for _, name := range w.accounts {
		a, err := s.LookupAccount(w.ring.public(lock.AccountID(name)))
		if err != nil {
			t.Errorf("account %s: %v", name, err)
		} else if !a.JetStreamEnabled() {
			t.Errorf("account %s has no JetStream", name)
		}
	}
}

// TestPartnersRoom: a server has room for what its accounts may take; where an
// external account may be brought to it, which it would else silently leave without
// JetStream, for whatever there is room.
func TestPartnersRoom(t *testing.T) {
	for _, external := range []bool{false, true} {
		w := full()
		if !external {
			w.external = nil
			w.given = slices.DeleteFunc(w.given, func(g given) bool { return g.to == "OTHER" })
		}
		o, err := server.ProcessConfigFile(filepath.Join(write(t, render(t, w)), "server.conf"))
		if err != nil {
			t.Fatal(err)
		}
		// ACCTA, ACCTB and the odd one: 1 MiB each.
		if !external && (o.JetStreamMaxStore != 3<<20 || o.JetStreamMaxMemory != 0) {
			t.Errorf("max file %d, max memory %d", o.JetStreamMaxStore, o.JetStreamMaxMemory)
		}
		partner, theirs := w.ring.pair(lock.OperatorID("PARTNER")), w.ring.public(lock.AccountID("THEIRS"))
		key, err := partner.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		operator, account := jwt.NewOperatorClaims(key), jwt.NewAccountClaims(theirs)
		account.Limits.DiskStorage = 1 << 30
		token, err := account.Encode(partner)
		if err == nil {
			err = o.AccountResolver.Store(theirs, token)
		}
		if err == nil {
			_, err = operator.Encode(partner)
		}
		if err != nil {
			t.Fatal(err)
		}
		o.TrustedOperators = append(o.TrustedOperators, operator)
		o.DontListen, o.NoLog, o.NoSigs, o.StoreDir = true, true, true, t.TempDir()
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		a, err := s.LookupAccount(theirs)
		if err != nil {
			t.Error(err)
		} else if a.JetStreamEnabled() != external {
			t.Errorf("external %v: the partner has JetStream: %v", external, a.JetStreamEnabled())
		}
		s.Shutdown()
		s.WaitForShutdown()
	}
}

func TestServerConfigs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "jwt \"x\"")
	for name, c := range map[string]struct {
		src   schema.Server
		size  int
		files []string
		check func(*testing.T, *server.Options)
	}{
		"all": {
			src: schema.Server{
				Host: schema.Set("0.0.0.0", nil), Port: schema.Set(int64(14222), nil), HTTPPort: schema.Set(int64(18222), nil),
				JetStream: &schema.ServerJetStream{
					StoreDir: schema.Set("/data $HOME", nil), MaxFile: schema.Set(schema.Limit(5), nil),
					MaxMemory: schema.Set(schema.Limit(0), nil), SyncInterval: schema.Set("1d", nil), UniqueTag: schema.Set("az:", nil),
				},
			},
			size: 1, files: []string{"server.conf"},
			check: func(t *testing.T, o *server.Options) {
				if o.Host != "0.0.0.0" || o.Port != 14222 || o.HTTPHost != "127.0.0.1" || o.HTTPPort != 18222 {
					t.Errorf("listen %s:%d, http %s:%d", o.Host, o.Port, o.HTTPHost, o.HTTPPort)
				}
				if o.StoreDir != "/data $HOME" || o.JetStreamMaxStore != 5 || o.JetStreamMaxMemory != 0 ||
					o.SyncInterval != 24*time.Hour || o.JetStreamUniqueTag != "az:" || o.JetStreamDomain != "ngs" {
					t.Errorf("jetstream: %s %d %d %s %s", o.StoreDir, o.JetStreamMaxStore, o.JetStreamMaxMemory, o.SyncInterval, o.JetStreamUniqueTag)
				}
			},
		},
		"full resolver": {
			src: schema.Server{Resolver: &schema.Resolver{
				Type: schema.Set("full", nil), Dir: schema.Set(dir, nil), AllowDelete: schema.Set(true, nil),
				Interval: schema.Set(2*time.Minute, nil), Limit: schema.Set(int64(9), nil), Timeout: schema.Set(1900*time.Millisecond, nil),
			}},
			size: 1, files: []string{"server.conf"},
			check: func(t *testing.T, o *server.Options) {
				if r, ok := o.AccountResolver.(*server.DirAccResolver); !ok || r.DirJWTStore == nil {
					t.Errorf("resolver: %T", o.AccountResolver)
				}
				if _, err := os.Stat(dir); err != nil {
					t.Error(err)
				}
			},
		},
		"cache resolver": {
			src: schema.Server{Resolver: &schema.Resolver{
				Type: schema.Set("cache", nil), Dir: schema.Set(dir, nil), TTL: schema.Set(time.Hour, nil), Timeout: schema.Set(time.Second, nil),
			}},
			size: 1, files: []string{"server.conf"},
			check: func(t *testing.T, o *server.Options) {
				if _, ok := o.AccountResolver.(*server.CacheDirAccResolver); !ok {
					t.Errorf("resolver: %T", o.AccountResolver)
				}
			},
		},
		"cluster": {
			src: schema.Server{Cluster: &schema.Cluster{
				Routes: schema.Set([]string{"nats://n1:6222", "nats://n2:6333", "nats://n3:6222"}, nil),
			}},
			size: 3, files: []string{"server-1.conf", "server-2.conf", "server-3.conf"},
			check: func(t *testing.T, o *server.Options) {
				if o.Cluster.Name != "OP" || len(o.Routes) != 3 || o.JetStreamMaxStore != 0 {
					t.Errorf("cluster %s, routes %v, max file %d", o.Cluster.Name, o.Routes, o.JetStreamMaxStore)
				}
				want := map[string]string{"OP-1": "n1:6222", "OP-2": "n2:6333", "OP-3": "n3:6222"}[o.ServerName]
				if got := address(o.Cluster.Host, int64(o.Cluster.Port)); got != want {
					t.Errorf("%s listens on %s for routes, not %s", o.ServerName, got, want)
				}
				if o.Port != 4222 || o.StoreDir != "./data/jetstream" {
					t.Errorf("%s listens on port %d and keeps its streams in %s, on a machine of its own", o.ServerName, o.Port, o.StoreDir)
				}
			},
		},
		"cluster on one machine": {
			src:  schema.Server{HTTPPort: schema.Set(int64(8222), nil)},
			size: 3, files: []string{"server-1.conf", "server-2.conf", "server-3.conf"},
			check: func(t *testing.T, o *server.Options) {
				i := map[string]int{"OP-1": 0, "OP-2": 1, "OP-3": 2}[o.ServerName]
				if o.Host != "127.0.0.1" || o.Port != 4222+i || o.HTTPPort != 8222+i || o.Cluster.Host != "127.0.0.1" || o.Cluster.Port != 6222+i {
					t.Errorf("%s listens on %s:%d, http %d, routes %s:%d", o.ServerName, o.Host, o.Port, o.HTTPPort, o.Cluster.Host, o.Cluster.Port)
				}
				if want := []string{"./data/jetstream", "./data/jetstream-2", "./data/jetstream-3"}[i]; o.StoreDir != want {
					t.Errorf("%s keeps its streams in %s, not %s", o.ServerName, o.StoreDir, want)
				}
				for j, route := range o.Routes {
					if want := address("127.0.0.1", int64(6222+j)); len(o.Routes) != 3 || route.Host != want {
						t.Errorf("route %d of %s is %s, not %s", j, o.ServerName, route, want)
					}
				}
			},
		},
		"two machines, one of them by three names": {
			src: schema.Server{
				Port: schema.Set(int64(5222), nil), HTTPPort: schema.Set(int64(9222), nil),
				JetStream: &schema.ServerJetStream{StoreDir: schema.Set("/data/", nil)},
				Cluster: &schema.Cluster{Routes: schema.Set([]string{
					"nats://127.0.0.1:6001", "nats://LocalHost:6002", "nats://n1:6222", "nats://[::1]:6003", "nats://N1:6223",
				}, nil)},
			},
			size: 5, files: []string{"server-1.conf", "server-2.conf", "server-3.conf", "server-4.conf", "server-5.conf"},
			check: func(t *testing.T, o *server.Options) {
				before := map[string]int{"OP-1": 0, "OP-2": 1, "OP-3": 0, "OP-4": 2, "OP-5": 1}[o.ServerName]
				if o.Port != 5222+before || o.HTTPPort != 9222+before {
					t.Errorf("%s listens on %d, http %d", o.ServerName, o.Port, o.HTTPPort)
				}
				if want := []string{"/data/", "/data-2", "/data-3"}[before]; o.StoreDir != want {
					t.Errorf("%s keeps its streams in %s, not %s", o.ServerName, o.StoreDir, want)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := full()
			w.edit = func(topology *compiler.Topology) {
				topology.Server.Src, topology.Server.ClusterSize = &c.src, c.size
				topology.Server.Domain = "ngs"
				topology.Server.Flags = map[string]bool{"js_ack_fc_v2": true}
			}
			files := render(t, w)
			var confs []string
			for p := range files {
				if strings.HasPrefix(p, "server") {
					confs = append(confs, p)
				}
			}
			slices.Sort(confs)
			if !slices.Equal(confs, c.files) {
				t.Errorf("files %v", confs)
			}
			root := write(t, files)
			for _, f := range confs {
				o, err := server.ProcessConfigFile(filepath.Join(root, f))
				if err != nil {
					t.Fatalf("%v\n%s%s", err, files[f].Data, files["resolver.conf"].Data[:300])
				}
				if !o.FeatureFlags["js_ack_fc_v2"] {
					t.Errorf("%s: flags %v", f, o.FeatureFlags)
				}
				c.check(t, o)
			}
		})
	}
}

func TestResolverDir(t *testing.T) {
	w := full()
	p := w.build(t, lock.New(), start)
	if _, err := Render(p, "l", "no-such"); err == nil {
		t.Error("an unknown target is rendered")
	}
	list, err := Render(p, "l", Targets()...)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]Artifact{}
	for _, f := range list {
		files[f.Path] = f
		if !folder.Made(f.Path) {
			t.Errorf("%s has no form that the output folder knows", f.Path)
		}
	}
	resolver, err := server.NewDirAccResolver(filepath.Join(write(t, files), "resolver-dir"), 0, time.Minute, server.NoDelete)
	if err != nil {
		t.Fatal(err)
	}
	for _, tk := range p.Tokens {
		if tk.Kind == AccountToken {
			if got, err := resolver.LoadAcc(tk.Account.PublicKey); err != nil || got != tk.Text {
				t.Errorf("%s: %v, %q", tk.ID, err, got)
			}
		}
	}
}

// Where any tier is without a limit, no sum is what the accounts need.
func TestReservedOfTiers(t *testing.T) {
	a := &compiler.Account{JetStream: &compiler.JetStream{Tiers: []compiler.Tier{
		{JetStreamLimits: compiler.JetStreamLimits{Memory: 1, Disk: 2}},
		{JetStreamLimits: compiler.JetStreamLimits{Memory: -1, Disk: 3}},
	}}}
	topology := &compiler.Topology{Accounts: []*compiler.Account{a}, Server: compiler.Server{ClusterSize: 1}}
	if memory, disk := reserved(topology); memory != -1 || disk != 5 {
		t.Errorf("memory %d, disk %d", memory, disk)
	}
}
