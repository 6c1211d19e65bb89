package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
)

// actionDir is the folder of the GitHub action, from here.
const actionDir = "../../.github/actions/jsc"

// step is a step of the action.
type step struct {
	name, condition, shell, run, uses string
	env                               map[string]string
}

// readYAML is a YAML file's value.
func readYAML(name string) (cty.Value, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return cty.NilVal, err
	}
	return parseYAML(data)
}

func parseYAML(data []byte) (cty.Value, error) {
	typ, err := ctyyaml.ImpliedType(data)
	if err != nil {
		return cty.NilVal, err
	}
	return ctyyaml.Unmarshal(data, typ)
}

// member is a text in an object; "" where there is none.
func member(v cty.Value, name string) string {
	if !v.Type().IsObjectType() || !v.Type().HasAttribute(name) {
		return ""
	}
	if v = v.GetAttr(name); v.Type() == cty.Bool {
		return map[bool]string{true: "true", false: "false"}[v.True()]
	}
	return v.AsString()
}

// readAction reads the action: its steps, and its inputs with their defaults.
func readAction() (steps []step, inputs map[string]string, err error) {
	action, err := readYAML(filepath.Join(actionDir, "action.yml"))
	if err != nil {
		return nil, nil, err
	}
	inputs = map[string]string{}
	for name, v := range action.GetAttr("inputs").AsValueMap() {
		inputs[name] = member(v, "default")
	}
	for _, v := range action.GetAttr("runs").GetAttr("steps").AsValueSlice() {
		s := step{member(v, "name"), member(v, "if"), member(v, "shell"), member(v, "run"), member(v, "uses"), map[string]string{}}
		if v.Type().HasAttribute("env") {
			for name, x := range v.GetAttr("env").AsValueMap() {
				s.env[name] = x.AsString()
			}
		}
		steps = append(steps, s)
	}
	return steps, inputs, nil
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

// runAction does what GitHub's runner does with the action, in the folder and
// with the variables of the script: [!] action [INPUT=VALUE…]. What the runner
// knows of the event, the script says in variables: github.token is
// $github_token.
func runAction(ts *testscript.TestScript, neg bool, args []string) {
	steps, inputs, err := readAction()
	ts.Check(err)
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		if _, known := inputs[name]; !known {
			ts.Fatalf("the action has no input %q", name)
		}
		inputs[name] = value
	}
	context := func(name string) string {
		if input, ok := strings.CutPrefix(name, "inputs."); ok {
			return inputs[input]
		}
		return ts.Getenv(strings.ReplaceAll(name, ".", "_"))
	}
	// Of the language of conditions, what the action uses.
	holds := func(condition string) (always, ok bool) {
		ok = true
		for term := range strings.SplitSeq(condition, " && ") {
			left, right, compares := strings.Cut(term, " == ")
			switch {
			case term == "always()":
				always = true
			case !compares:
				ts.Fatalf("the runner of this test does not know %q", term)
			case strings.HasPrefix(right, "'"):
				ok = ok && context(left) == strings.Trim(right, "'")
			default:
				ok = ok && context(left) == context(right)
			}
		}
		return always, ok
	}
	dir, err := filepath.Abs(actionDir)
	ts.Check(err)
	temp := ts.Getenv("runner_temp")
	ts.Check(os.MkdirAll(temp, 0o755))
	failed := false
	for _, s := range steps {
		if s.condition != "" {
			if always, ok := holds(s.condition); !ok || failed && !always {
				continue
			}
		} else if failed {
			continue
		}
		set := []string{
			"GITHUB_ACTIONS=true", "CI=true", "GITHUB_ACTION_PATH=" + dir, "RUNNER_TEMP=" + temp,
			"GITHUB_STEP_SUMMARY=" + filepath.Join(temp, "summary.md"), "GITHUB_PATH=" + filepath.Join(temp, "path"),
			"GITHUB_REPOSITORY=" + context("github.repository"),
		}
		for name, value := range s.env {
			set = append(set, name+"="+expression.ReplaceAllStringFunc(value, func(e string) string {
				return context(expression.FindStringSubmatch(e)[1])
			}))
		}
		slices.Sort(set)
		// As the runner calls it for shell: bash.
		line := append(append([]string{}, set...), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.run)
		if err := ts.Exec("env", line...); err != nil {
			ts.Logf("step %q fails: %v", s.name, err)
			failed = true
		}
		// What each step printed stays, where the script can look at it.
		out, err := os.OpenFile(filepath.Join(temp, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		ts.Check(err)
		_, err = out.WriteString(ts.ReadFile("stdout") + ts.ReadFile("stderr"))
		ts.Check(err)
		ts.Check(out.Close())
	}
	if failed != neg {
		ts.Fatalf("the action fails: %v", failed)
	}
}

// The action holds to what docs/security.md C7 and D4 ask: no expression in a script, no
// code of others that is not pinned, every variable from an input that there is.
func TestActionIsHardened(t *testing.T) {
	steps, inputs, err := readAction()
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) < 4 {
		t.Fatalf("only %d steps", len(steps))
	}
	for _, s := range steps {
		if s.shell != "bash" || s.uses != "" || expression.MatchString(s.run) || s.run == "" {
			t.Errorf("step %q: %+v", s.name, s)
		}
		for name, value := range s.env {
			for _, e := range expression.FindAllStringSubmatch(value, -1) {
				input, isInput := strings.CutPrefix(e[1], "inputs.")
				if _, known := inputs[input]; isInput && !known || !isInput && !slices.Contains([]string{"runner.temp", "github.token", "github.event.pull_request.number"}, e[1]) {
					t.Errorf("step %q: %s is %q", s.name, name, value)
				}
			}
		}
	}
	scripts, err := filepath.Glob(filepath.Join(actionDir, "*.sh"))
	if err != nil || len(scripts) == 0 {
		t.Fatal(err)
	}
	for _, name := range scripts {
		info, err := os.Stat(name)
		if err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run: %v", name, err)
		}
		if out, err := exec.Command("bash", "-n", name).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// Where no jsc is on the PATH, the action builds its own.
func TestActionBuildsJSC(t *testing.T) {
	dir, err := filepath.Abs(actionDir)
	if err != nil {
		t.Fatal(err)
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	cmd := exec.Command("bash", "-eo", "pipefail", "-c", `"$GITHUB_ACTION_PATH/install.sh"`)
	cmd.Dir = t.TempDir()
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PATH=") || strings.HasPrefix(v, "GOBIN=") })
	cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(goTool)+":/usr/bin:/bin", "GITHUB_ACTION_PATH="+dir, "RUNNER_TEMP="+temp, "GITHUB_PATH="+filepath.Join(temp, "path"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "nats-server") {
		t.Fatalf("%v: %s", err, out)
	}
	path, err := os.ReadFile(filepath.Join(temp, "path"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(path)), "jsc")); err != nil {
		t.Error(err)
	}
}

// The workflow that docs/ci.md shows gives the action inputs that it has, takes
// others' actions by commit, and may do no more than it needs.
func TestDocumentedWorkflow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recipes")
	if err := recipes(dir); err != nil {
		t.Fatal(err)
	}
	workflow, err := readYAML(filepath.Join(dir, "workflow.yml"))
	if err != nil {
		t.Fatal(err)
	}
	_, inputs, err := readAction()
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`@([0-9a-f]{40}|COMMIT)$`)
	used := 0
	for _, v := range workflow.GetAttr("jobs").GetAttr("jsc").GetAttr("steps").AsValueSlice() {
		uses := member(v, "uses")
		if !pinned.MatchString(uses) || member(v, "run") != "" {
			t.Errorf("a step that is not pinned: %q", uses)
		}
		if !strings.Contains(uses, "/.github/actions/jsc@") {
			continue
		}
		used++
		for name := range v.GetAttr("with").AsValueMap() {
			if _, known := inputs[name]; !known {
				t.Errorf("the action has no input %q", name)
			}
		}
	}
	if used != 1 {
		t.Errorf("the action is used %d times", used)
	}
	want := map[string]string{"contents": "read", "pull-requests": "write"}
	for name, v := range workflow.GetAttr("permissions").AsValueMap() {
		if want[name] != v.AsString() {
			t.Errorf("permission %s: %s", name, v.AsString())
		}
	}
}

// The hooks that docs/ci.md shows are there.
func TestDocumentedHooks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recipes")
	if err := recipes(dir); err != nil {
		t.Fatal(err)
	}
	config, err := readYAML(filepath.Join(dir, "pre-commit-config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := readYAML("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ids := func(list cty.Value) (out []string) {
		for _, h := range list.AsValueSlice() {
			out = append(out, member(h, "id"))
		}
		return out
	}
	shown, there := ids(config.GetAttr("repos").AsValueSlice()[0].GetAttr("hooks")), ids(hooks)
	if !slices.Equal(shown, there) {
		t.Errorf("docs/ci.md shows the hooks %q, and there are %q", shown, there)
	}
}

// hookFields are what a hook of .pre-commit-hooks.yaml may have.
var hookFields = []string{"id", "name", "description", "language", "entry", "files", "pass_filenames"}

// runHooks does what pre-commit does with the hooks of this repository when
// files are to be committed: [!] hooks FILE….
func runHooks(ts *testscript.TestScript, neg bool, args []string) {
	hooks, err := readYAML("../../.pre-commit-hooks.yaml")
	ts.Check(err)
	failed, ran := false, 0
	for _, h := range hooks.AsValueSlice() {
		for name := range h.Type().AttributeTypes() {
			if !slices.Contains(hookFields, name) {
				ts.Fatalf("pre-commit's hooks have no %q", name)
			}
		}
		files := regexp.MustCompile(member(h, "files"))
		var meant []string
		for _, a := range args {
			if files.MatchString(a) {
				meant = append(meant, a)
			}
		}
		if len(meant) == 0 {
			continue
		}
		if member(h, "pass_filenames") == "false" {
			meant = nil
		}
		ran++
		words := strings.Fields(member(h, "entry"))
		if err := ts.Exec(words[0], append(words[1:], meant...)...); err != nil {
			ts.Logf("hook %s fails: %v", member(h, "id"), err)
			failed = true
		}
	}
	if ran == 0 {
		ts.Fatalf("no hook is for %q", args)
	}
	if failed != neg {
		ts.Fatalf("a hook fails: %v", failed)
	}
}
