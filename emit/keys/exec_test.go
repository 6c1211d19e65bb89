package keys

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema/diag"
)

// TestMain runs this binary as an external signer when it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "signer" {
		os.Exit(runSigner(os.Args[2], os.Args[3:]))
	}
	// Under the race detector each signer would linger for a second.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// behaviors are what an external signer may do with a request. It answers with
// the line returned; "" is no answer, an error ends it.
var behaviors = map[string]func(k *Key, r request) (string, error){
	"good":      func(k *Key, r request) (string, error) { return signed(k, r.Data), nil },
	"other-key": func(_ *Key, r request) (string, error) { return signed(Generate(Account), r.Data), nil },
	"other-data": func(k *Key, r request) (string, error) {
		return signed(k, append(r.Data, ' ')), nil
	},
	"short":  func(*Key, request) (string, error) { return `{"signature": "c2hvcnQ="}`, nil },
	"no64":   func(*Key, request) (string, error) { return `{"signature": "***"}`, nil },
	"empty":  func(*Key, request) (string, error) { return `{}`, nil },
	"refuse": func(*Key, request) (string, error) { return `{"error": "policy says no"}`, nil },
	"leaks": func(k *Key, _ request) (string, error) {
		seed, err := k.seed()
		return fmt.Sprintf(`{"error": "bad seed %s"}`, seed), err
	},
	"wordy":   func(*Key, request) (string, error) { return `{"error": "` + strings.Repeat("é", 1000) + `"}`, nil },
	"garbage": func(*Key, request) (string, error) { return "segmentation fault", nil },
	"endless": func(*Key, request) (string, error) { return strings.Repeat("x", maxAnswer), nil },
	"dies":    func(*Key, request) (string, error) { return "", errors.New("died") },
	"hangs": func(*Key, request) (string, error) {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, os.Interrupt)
		<-stop
		return "", nil
	},
	"random": func(k *Key, r request) (string, error) {
		return encodeAnswer(base64.StdEncoding, signWithNonce((*k.secret())[:], r.Data)), nil
	},
	"urlsafe": func(k *Key, r request) (string, error) {
		signature, err := k.Sign(r.Data)
		return encodeAnswer(base64.RawURLEncoding, signature), err
	},
	"logs": func(k *Key, r request) (string, error) {
		_, err := fmt.Fprintf(os.Stderr, "%s\n", asJSON(r))
		return signed(k, r.Data), err
	},
}

func signed(k *Key, data []byte) string {
	signature, err := k.Sign(data)
	if err != nil {
		panic(err)
	}
	return encodeAnswer(base64.StdEncoding, signature)
}

func encodeAnswer(encoding *base64.Encoding, signature []byte) string {
	return `{"signature":"` + encoding.EncodeToString(signature) + `"}`
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// runSigner keeps the seeds of a file, refuses other keys, and treats its own
// as a behavior says. Each further argument is written to stderr.
func runSigner(behavior string, args []string) int {
	data, err := os.ReadFile(args[0])
	if err != nil {
		panic(err)
	}
	keys, err := parseSeeds(data)
	if err != nil {
		panic(err)
	}
	for _, arg := range args[1:] {
		fmt.Fprintf(os.Stderr, "[%s]", arg)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var r request
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(err)
		}
		i := slices.IndexFunc(keys, func(k *Key) bool { return k.public == r.PublicKey })
		if i < 0 {
			fmt.Println(`{"error": "no such key"}`)
			continue
		}
		line, err := behaviors[behavior](keys[i], r)
		if err != nil {
			return 3
		}
		fmt.Println(line)
	}
	return 0
}

// signer is an exec: source with a behavior that keeps some keys' seeds.
func signer(t *testing.T, behavior string, keys ...*Key) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var seeds strings.Builder
	for _, k := range keys {
		fmt.Fprintln(&seeds, seedOf(t, k))
	}
	file := filepath.Join(t.TempDir(), "it's seeds")
	write(t, file, seeds.String())
	return "exec:" + diag.ShellQuote(self) + " signer " + behavior + " " + diag.ShellQuote(file)
}

// outsideSign signs by an external signer.
func outsideSign(t *testing.T, r *Ring, k *Key, data []byte) ([]byte, error) {
	t.Helper()
	s, err := r.Signer("account/ACCTA", k.public)
	if err != nil {
		t.Fatal(err)
	}
	return s.Sign(data)
}

func TestExec(t *testing.T) {
	for _, behavior := range []string{"good", "urlsafe"} {
		a, b := Generate(Account), Generate(Operator)
		r := open(t, Options{Sources: []string{signer(t, behavior, a, b)}})
		defer r.Close()
		signs(t, r, a)
		signs(t, r, b)
		signs(t, r, a)
		if err := r.Prove("account/ACCTA", a.public); err != nil {
			t.Error(err)
		}
		if held, err := r.Held(); err != nil || len(held) != 0 {
			t.Errorf("held %v: %v", held, err)
		}
	}
}

func TestExecIsSafeForConcurrentUse(t *testing.T) {
	k := Generate(Account)
	r := open(t, Options{Sources: []string{signer(t, "good", k)}})
	defer r.Close()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			data := fmt.Appendf(nil, "data %d", i)
			got, err := outsideSign(t, r, k, data)
			if want, _ := k.Sign(data); err != nil || !bytes.Equal(got, want) {
				t.Errorf("signature %d is %x: %v", i, got, err)
			}
		})
	}
	all.Wait()
}

func TestExecFailures(t *testing.T) {
	k := Generate(Account)
	for behavior, want := range map[string]string{
		"other-key":  "signature that is not by " + k.public,
		"other-data": "signature that is not by " + k.public,
		"short":      "answered no signature with " + k.public + ": want 64 bytes in base64",
		"no64":       "answered no signature",
		"empty":      "answered no signature",
		"refuse":     "refuses to sign with " + k.public + ": policy says no",
		"leaks":      "refuses to sign with " + k.public + ": [redacted]",
		"wordy":      "éé…",
		"garbage":    "answered 19 bytes that are no JSON object",
		"endless":    "answered a line of more than 65536 bytes",
		"dies":       "ended without an answer (exit status 3)",
		"random":     "signs the same data differently each time",
	} {
		r := open(t, Options{Sources: []string{signer(t, behavior, k)}})
		signature, err := outsideSign(t, r, k, []byte("data"))
		if signature != nil {
			t.Errorf("%s: a signature came beside the error", behavior)
		}
		failed(t, err, "exec:", want)
		if err != nil && strings.Contains(err.Error(), "signer "+behavior) {
			t.Errorf("%s: the error shows the command's arguments: %v", behavior, err)
		}
		r.Close()
	}
}

func TestExecTimeout(t *testing.T) {
	k := Generate(Account)
	r := open(t, Options{Sources: []string{signer(t, "hangs", k)}, Timeout: 50 * time.Millisecond})
	defer r.Close()
	_, err := outsideSign(t, r, k, []byte("data"))
	failed(t, err, "has not answered within 50ms")
	// It is not asked, and waited for, again.
	_, again := outsideSign(t, r, k, []byte("other data"))
	if again != err {
		t.Errorf("the second error is %v", again)
	}
}

// A request larger than a pipe, to a signer that never reads.
func TestExecThatReadsNothing(t *testing.T) {
	k := Generate(Account)
	r := open(t, Options{Sources: []string{"exec:sleep 1000"}, Timeout: 50 * time.Millisecond})
	defer r.Close()
	_, err := outsideSign(t, r, k, bytes.Repeat([]byte("x"), 1<<20))
	failed(t, err, "exec:sleep has not answered")
}

// writerFunc is called at every write.
type writerFunc func()

func (f writerFunc) Write(data []byte) (int, error) {
	f()
	return len(data), nil
}

func TestExecIsCancelled(t *testing.T) {
	k := Generate(Account)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// The signer writes its argument when it has started.
	r, err := Open(ctx, Options{Sources: []string{signer(t, "hangs", k) + " started"}, Stderr: writerFunc(cancel)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := outsideSign(t, r, k, []byte("data")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestExecDoesNotStart(t *testing.T) {
	k := Generate(Account)
	for _, source := range []string{"exec:/nonexistent/signer", "exec:jsc-no-such-command"} {
		_, err := outsideSign(t, open(t, Options{Sources: []string{source}}), k, nil)
		failed(t, err, "start "+source)
	}
	for source, want := range map[string]string{"exec:'x": "a quote ' that does not end", "exec: ": "names no command"} {
		_, err := Open(t.Context(), Options{Sources: []string{source}})
		failed(t, err, want)
	}
}

func TestExecAfterClose(t *testing.T) {
	k := Generate(Account)
	r := open(t, Options{Sources: []string{signer(t, "good", k)}})
	signs(t, r, k)
	r.Close()
	_, err := outsideSign(t, r, k, []byte("data"))
	failed(t, err, "was closed")
}

// The request says what is signed, so that a policy can decide.
func TestExecRequest(t *testing.T) {
	issuer, subject := Generate(Account), Generate(User)
	var stderr bytes.Buffer
	source := signer(t, "logs", issuer) + ` "a b" c\ d`
	r := open(t, Options{Sources: []string{source}, Stderr: &stderr})
	claims := jwt.NewUserClaims(subject.public)
	claims.Name = "order <service>"
	issuerPair, err := nkeys.FromPublicKey(issuer.public)
	if err != nil {
		t.Fatal(err)
	}
	token, err := claims.EncodeWithSigner(issuerPair, func(_ string, data []byte) ([]byte, error) {
		return outsideSign(t, r, issuer, data)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jwt.DecodeUserClaims(token); err != nil {
		t.Error(err)
	}
	r.Close()
	logged, ok := strings.CutPrefix(stderr.String(), "[a b][c d]")
	if !ok {
		t.Errorf("the arguments are %.50s", stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(logged), "\n")
	if len(lines) != 2 || lines[0] != lines[1] {
		t.Fatalf("asked %d times for the first signature, want twice the same", len(lines))
	}
	var got request
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	var payload jwt.UserClaims
	if err := json.Unmarshal(got.Claims, &payload); err != nil {
		t.Fatal(err)
	}
	if got.PublicKey != issuer.public || got.Type != "user" || got.Name != claims.Name || payload.Subject != subject.public ||
		!strings.HasPrefix(token, string(got.Data)+".") {
		t.Errorf("the request is %s", lines[0])
	}
}

// docs/security.md shows the lines that signers read, as they are.
func TestRequestsInDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n### A signer outside\n")
	types := map[string]bool{}
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, `{"public_key"`) {
			continue
		}
		var shown request
		if err := json.Unmarshal([]byte(line), &shown); err != nil {
			t.Fatal(err)
		}
		sent, err := newRequest(shown.PublicKey, shown.Data).line()
		if err != nil || string(sent) != line {
			t.Errorf("%s is shown, and sent is %s: %v", line, sent, err)
		}
		types[shown.Type] = true
	}
	if !types["user"] || !types["proof"] {
		t.Errorf("requests of the types %v are shown", types)
	}
}

// A signer whose policy decides knows what it is asked to prove.
func TestRequestForProof(t *testing.T) {
	k := Generate(User)
	var stderr bytes.Buffer
	r := open(t, Options{Sources: []string{signer(t, "logs", k)}, Stderr: &stderr})
	if err := r.Prove("account/ACCTA/user/a.b", k.public); err != nil {
		t.Fatal(err)
	}
	r.Close()
	var got request
	line, _, _ := strings.Cut(stderr.String(), "\n")
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatal(err)
	}
	if got.PublicKey != k.public || got.Type != "proof" || got.Name != "account/ACCTA/user/a.b" || got.Claims != nil {
		t.Errorf("the request is %s", line)
	}
}

func TestRequestForWhatIsNoToken(t *testing.T) {
	for _, data := range []string{"", "data", "a.b", "a." + base64.RawURLEncoding.EncodeToString([]byte("no JSON"))} {
		if got := asJSON(newRequest("AB", []byte(data))); strings.Contains(got, "claims") || strings.Contains(got, "type") {
			t.Errorf("%q: the request is %s", data, got)
		}
	}
}

// When the signer refuses a key, the sources after it are asked.
func TestExecThenDir(t *testing.T) {
	dir, inside, outside, nowhere := t.TempDir(), Generate(Account), Generate(Operator), Generate(Account)
	write(t, filepath.Join(dir, nested(inside.public)), seedOf(t, inside))
	r := open(t, Options{Sources: []string{signer(t, "good", outside), "dir:" + dir}})
	defer r.Close()
	signs(t, r, inside)
	signs(t, r, outside)
	_, err := outsideSign(t, r, nowhere, []byte("data"))
	failed(t, err, "refuses to sign with "+nowhere.public+": no such key")
	failed(t, r.Prove("account/ACCTB", nowhere.public), "account/ACCTB", "no such key")

	// But not when it fails.
	r = open(t, Options{Sources: []string{signer(t, "dies", inside), "dir:" + dir}})
	defer r.Close()
	_, err = outsideSign(t, r, inside, []byte("data"))
	failed(t, err, "ended without an answer")
}

func TestSplitCommand(t *testing.T) {
	for text, want := range map[string][]string{
		"a":                    {"a"},
		" a  b\tc\n":           {"a", "b", "c"},
		`a 'b c' "d e"`:        {"a", "b c", "d e"},
		`a'b'"c"d`:             {"abcd"},
		`a '' ""`:              {"a", "", ""},
		`a '\' "\\" "\"" "\n"`: {"a", `\`, `\`, `"`, `\n`},
		`a\ b \'c \\`:          {"a b", "'c", `\`},
		`a \`:                  {"a", `\`},
		`a $HOME | b > *.c #d`: {"a", "$HOME", "|", "b", ">", "*.c", "#d"},
	} {
		if got, err := splitCommand(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: split into %q, want %q: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", " ", "''", `"" a`, "a 'b", `a "b`, `a "b\"`} {
		if got, err := splitCommand(text); err == nil {
			t.Errorf("%s: split into %q, want an error", text, got)
		}
	}
}

func FuzzSplitCommand(f *testing.F) {
	f.Add("a", "b c")
	f.Add("it's", `\"`)
	f.Fuzz(func(t *testing.T, command, arg string) {
		if command == "" {
			return
		}
		// What POSIX quotes is read back.
		got, err := splitCommand(diag.ShellQuote(command) + " " + diag.ShellQuote(arg))
		if err != nil || !slices.Equal(got, []string{command, arg}) {
			t.Errorf("split into %q: %v", got, err)
		}
		splitCommand(command)
	})
}
