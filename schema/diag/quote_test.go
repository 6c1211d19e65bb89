package diag

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"account/A/user/u=UABC": "account/A/user/u=UABC", "../generated": "../generated", "": "''", "a b": "'a b'", "$(id)": "'$(id)'",
		"it's": `'it'\''s'`, "~": "'~'", "#": "'#'", "é": "'é'", "a\nb": "'a\nb'", "*": "'*'", "{a,b}": "'{a,b}'", "!1": "'!1'",
	} {
		if got := ShellWord(word); got != want {
			t.Errorf("%q is written %s, not %s", word, got, want)
		}
		for _, quoted := range []string{ShellWord(word), ShellQuote(word)} {
			if out, err := exec.Command("sh", "-c", "printf %s "+quoted).Output(); err != nil || string(out) != word {
				t.Errorf("a shell reads %s as %q, %v", quoted, out, err)
			}
		}
	}
}

// A word of a command follows: at the end of a text, or as a verb of a format.
const command = `(?:--[a-z-]+[= ]| -- |\b(?:jsc (?:keys [a-z]+|build|check|explain|fmt|lint|plan)|git (?:add|checkout|config|restore|rm|show)(?: -[a-z]+)*|` +
	`nsc [a-z ]+|nats (?:stream|consumer|kv|object) [a-z]+|chmod [0-7]+) )`

var (
	atEnd = regexp.MustCompile(command + `$`)
	verb  = regexp.MustCompile(command + `%[sqv]`)
)

// unquoted are texts that look like commands, and the reason why they are none.
var unquoted = map[string]string{
	"%s is not in --root %s": "says what was given",
	"--var ":                 "names where a value was given",
	" --timeout=":            "a duration follows",
}

// TestCommandsAreQuoted holds that names and paths in commands that jsc tells
// people to run are quoted for a shell: who writes a topology would choose what they
// run.
func TestCommandsAreQuoted(t *testing.T) {
	files, seen := token.NewFileSet(), 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name := e.Name(); name == "testdata" || strings.HasPrefix(name, ".") && name != ".." {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		n, wrong := bareWords(files, f)
		seen += n
		for _, w := range wrong {
			t.Error(w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 8 {
		t.Errorf("only %d commands were found: the test looks for the wrong thing", seen)
	}
}

// bareWords counts the words that are put into commands in a file, and says which
// are not quoted.
func bareWords(files *token.FileSet, f *ast.File) (seen int, wrong []string) {
	judge := func(text string, word ast.Expr) {
		if _, known := unquoted[text]; known {
			return
		}
		seen++
		if call, ok := word.(*ast.CallExpr); ok {
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok && (fun.Sel.Name == "ShellQuote" || fun.Sel.Name == "ShellWord") {
				return
			}
		}
		wrong = append(wrong, fmt.Sprintf("%s: after %q a word is not quoted for a shell", files.Position(word.Pos()), text))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			left := n.X
			if more, ok := left.(*ast.BinaryExpr); ok {
				left = more.Y
			}
			if text := literal(left); n.Op == token.ADD && literal(n.Y) == "" && atEnd.MatchString(text) {
				judge(text, n.Y)
			}
		case *ast.CallExpr:
			for i, arg := range n.Args {
				text := literal(arg)
				for _, at := range verb.FindAllStringIndex(text, -1) {
					if word := i + verbs(text[:at[1]]); word < len(n.Args) {
						judge(text, n.Args[word])
					}
				}
			}
		}
		return true
	})
	return seen, wrong
}

// literal is the text of a literal; "" of anything else.
func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(lit.Value) // "" of a number
	return text
}
