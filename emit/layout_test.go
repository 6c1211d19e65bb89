package emit

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"jsc/compiler"
	"jsc/emit/lock"
)

// changes are what may happen to a topology between two builds.
var changes = map[string]func(*world){
	"nothing": func(*world) {},
	"a new given": func(w *world) {
		w.given = append(w.given, given{from: "ACCTB", to: "odd name/é", kind: compiler.StreamType, subject: "x"})
	},
	"one given less":  func(w *world) { w.given = slices.Delete(w.given, 1, 2) },
	"another subject": func(w *world) { w.given[0].subject = "deliver.others" },
	"another kind":    func(w *world) { w.given[0].kind = compiler.ServiceType },
	"another expiry":  func(w *world) { w.given[2].expiry = compiler.Expiry{After: days(31)} },
	"a wider user":    func(w *world) { w.users["ACCTA/app"] = compiler.User{} },
	"a user less":     func(w *world) { delete(w.users, "ACCTA/app") },
	"a new account":   func(w *world) { w.accounts = append(w.accounts, "NEW") },
	"a limit":         func(w *world) { w.edit = func(t *compiler.Topology) { t.Accounts[0].Limits.Connections = 7 } },
	"a description of nothing signed": func(w *world) {
		w.edit = func(t *compiler.Topology) { t.Grants[0].Share.Kind = &compiler.ShareKind{Name: "other"} }
	},
	"a revocation": func(w *world) {
		w.revokes = map[string][]*compiler.Revocation{"ACCTA": {{Label: "x", User: "*"}}}
	},
	"another key of an account":  func(w *world) { w.ring.generation["account/ACCTB"]++ },
	"another key of the issuer":  func(w *world) { w.ring.generation["account/ACCTA"]++ },
	"another key of a user":      func(w *world) { w.ring.generation["account/ACCTA/user/app"]++ },
	"another key of an operator": func(w *world) { w.ring.generation["operator/OP"]++ },
	"a cluster":                  func(w *world) { w.edit = func(t *compiler.Topology) { t.Server.ClusterSize = 3 } },
}

// TestRecipes holds that a file stays the same whenever its recipe does:
// what a build does not make again would have had the same bytes. It also holds
// that recipes are worth something: nothing changed, none does.
func TestRecipes(t *testing.T) {
	made := func(w *world, old *lock.Lock, now int64) (*Plan, map[string][2]string) {
		p := w.build(t, old, now)
		l, err := NewLayout(p, "l", Targets()...)
		if err != nil {
			t.Fatal(err)
		}
		recipes, err := l.Recipes()
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][2]string{}
		for i := range l.Artifacts {
			data, err := l.Artifacts[i].Make()
			if err != nil {
				t.Fatal(err)
			}
			if a := &l.Artifacts[i]; a.IsLarge() {
				var pieces []byte
				_, err := a.MakePieces(nil, func(piece []byte) error { pieces = append(pieces, piece...); return nil })
				if err != nil || !bytes.Equal(pieces, data) {
					t.Errorf("the pieces of %s are not what is made: %v", a.Path, err)
				}
			}
			files[l.Artifacts[i].Path] = [2]string{recipes[i], string(data)}
		}
		return p, files
	}
	for what, change := range changes {
		for _, later := range []int64{1, 25 * 86400} { // some tokens are due then
			w := example()
			p, before := made(w, lock.New(), start)
			change(w)
			_, after := made(w, p.Lock, start+later)
			alike := 0
			for path, was := range before {
				is, there := after[path]
				if !there || was[0] == "" {
					continue
				}
				if was[0] == is[0] && was[1] != is[1] {
					t.Errorf("%s: %s keeps its recipe, and is\n%s\nwas\n%s", what, path, is[1], was[1])
				}
				if was[0] == is[0] {
					alike++
				}
				if what == "nothing" && later == 1 && was[0] != is[0] {
					t.Errorf("%s has another recipe, though nothing changed", path)
				}
			}
			if alike == 0 && what != "another key of an operator" {
				t.Errorf("%s: no file keeps its recipe", what)
			}
		}
	}
}

// TestSignOnly holds that a build which takes over what is kept, and signs only
// what is asked for, gets the texts of one that signs all.
func TestSignOnly(t *testing.T) {
	for what, change := range changes {
		w := example()
		first := w.build(t, lock.New(), start)
		texts := map[string]string{}
		for _, tk := range first.Tokens {
			texts[tk.ID] = tk.Text
		}
		former := func(id string) (string, bool) { text, ok := texts[id]; return text, ok }
		change(w)
		all := w.build(t, first.Lock, start+1)
		for _, kind := range kinds {
			p, diags := NewPlan(w.topology(), first.Lock, start+1)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			wanted := slices.DeleteFunc(slices.Clone(p.Tokens), func(tk *Token) bool { return tk.Kind != kind.Name })
			kept := func(tk *Token) bool { return tk.State == Kept }
			if err := p.SignOnly(t.Context(), w.ring, former, wanted, kept); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			for _, tk := range wanted {
				if want := all.Token(tk.ID).Text; tk.Text != want {
					t.Errorf("%s: the token of %s is\n%s\nnot\n%s", what, tk.ID, tk.Text, want)
				}
			}
		}
	}
}

// TestTake makes resolver.conf of a plan of which no token is signed, but taken
// from a former one; and of what Take finds odd, nothing is taken.
func TestTake(t *testing.T) {
	w := full()
	signed := w.build(t, lock.New(), start)
	resolver := func(p *Plan) *Artifact {
		l, err := NewLayout(p, "l")
		if err != nil {
			t.Fatal(err)
		}
		return &l.Artifacts[l.Find("resolver.conf")]
	}
	former, err := resolver(signed).Make()
	if err != nil {
		t.Fatal(err)
	}
	all := func(*Token) bool { return true }
	// taken has what is missing after a former file, and the new one.
	taken := func(former []byte, kept func(*Token) bool) (missing []string, made []byte) {
		p, diags := NewPlan(w.topology(), signed.Lock, start)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		a := resolver(p)
		a.Take(former, kept)
		for _, tk := range a.Missing() {
			missing = append(missing, tk.Account.Name)
			tk.Text = signed.Token(tk.ID).Text
		}
		made, err := a.Make()
		if err != nil {
			t.Fatal(err)
		}
		return missing, made
	}
	accounts := resolver(signed).Tokens
	first, last := accounts[0].Account, accounts[len(accounts)-1].Account
	lineOf := func(a *compiler.Account) string {
		return "  " + a.PublicKey + `: "` + signed.Token(lock.AccountID(a.Name)).Text + "\"\n"
	}
	for what, c := range map[string]struct {
		former  string
		kept    func(*Token) bool
		missing []string
	}{
		"all":           {string(former), all, nil},
		"all but one":   {string(former), func(tk *Token) bool { return tk.Account.Name != first.Name }, []string{first.Name}},
		"a line less":   {strings.Replace(string(former), lineOf(first), "", 1), all, []string{first.Name}},
		"the last less": {strings.Replace(string(former), lineOf(last), "", 1), all, []string{last.Name}},
		"a line more":   {strings.Replace(string(former), lineOf(first), "  A: \"x\"\n"+lineOf(first), 1), all, nil},
		"an escape":     {strings.Replace(string(former), lineOf(first), strings.Replace(lineOf(first), `: "`, `: "\`, 1), 1), all, []string{first.Name}},
		"no quotes":     {strings.Replace(string(former), lineOf(first), strings.ReplaceAll(lineOf(first), `"`, ""), 1), all, []string{first.Name}},
	} {
		missing, made := taken([]byte(c.former), c.kept)
		if !slices.Equal(missing, c.missing) || !bytes.Equal(made, former) {
			t.Errorf("%s: %q are missing, and it is\n%s", what, missing, made)
		}
	}
	if missing, _ := taken(nil, all); len(missing) != len(accounts) {
		t.Errorf("of nothing, %q are missing", missing)
	}
	half := accounts[:len(accounts)/2]
	a := resolver(signed)
	if a.Takes(func(tk *Token) bool { return slices.Contains(half, tk) }) || !a.Takes(all) {
		t.Error("half the tokens make it worth reading")
	}
}
