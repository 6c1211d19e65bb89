package subject

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// ValidMapping returns nil when subjects that match src can be mapped to dest
// as nats-server's subject transforms do (server/subject_transform.go,
// ADR-30), else the reason why not. An empty src is ">", an empty dest maps
// nothing and is valid.
//
// dest may use $N and the functions of the table below. Stricter than the
// server, which takes wildcard 0 for the first token: wildcards count from 1.
func ValidMapping(src, dest string) error {
	if dest == "" {
		return nil
	}
	if src == "" {
		src = Rest
	}
	if err := Valid(src); err != nil {
		return fmt.Errorf("%q is not a subject: %w", src, err)
	}
	var found []placeholder
	tokens := strings.Split(dest, ".")
	for i, token := range tokens {
		if token == "" {
			return errEmptyToken
		}
		if token == Rest && i < len(tokens)-1 {
			return errRest
		}
		if token == Any {
			return fmt.Errorf("\"*\" cannot be mapped to: say which wildcard by $1, $2 and so on")
		}
		p, err := parsePlaceholder(token)
		if err != nil {
			return err
		}
		if p == nil {
			if strings.ContainsAny(token, " \t\r\n\f") {
				return errSpace
			}
			continue
		}
		found = append(found, *p)
	}
	if rest := strings.HasSuffix("."+src, "."+Rest); rest != (tokens[len(tokens)-1] == Rest) {
		return fmt.Errorf("\">\" must end both subjects or neither")
	}
	n := wildcards(src)
	literal := Literal(src)
	for _, p := range found {
		if literal && p.function.literal {
			continue
		}
		for _, i := range p.wildcards {
			if i < 1 || i > n {
				return fmt.Errorf("%s names wildcard %d, and there are %d", p.token, i, n)
			}
		}
	}
	return nil
}

// placeholder is a token of a destination that becomes something else.
type placeholder struct {
	token     string
	function  *function
	wildcards []int // the source's wildcards it reads, from 1
}

// function is a mapping function. The server takes its name with each word's
// first letter in either case.
type function struct {
	name *regexp.Regexp
	// literal: it may be used without a wildcard in the source.
	literal bool
	// splits: it may make several tokens.
	splits bool
	// args checks the arguments and returns the wildcards among them.
	args func(args []string) ([]int, error)
}

// wildcard is what $N stands for.
var wildcard = &function{regexp.MustCompile(`^[wW]ildcard$`), false, false, allWildcards(1)}

var functions = []*function{
	wildcard,
	{regexp.MustCompile(`^[pP]artition$`), true, false, partition},
	{regexp.MustCompile(`^[rR]andom$`), true, false, random},
	{regexp.MustCompile(`^[sS]plit$`), false, true, split},
	{regexp.MustCompile(`^[sS]plit[fF]rom[lL]eft$`), false, true, wildcardAndNumber},
	{regexp.MustCompile(`^[sS]plit[fF]rom[rR]ight$`), false, true, wildcardAndNumber},
	{regexp.MustCompile(`^[sS]lice[fF]rom[lL]eft$`), false, true, wildcardAndNumber},
	{regexp.MustCompile(`^[sS]lice[fF]rom[rR]ight$`), false, true, wildcardAndNumber},
	{regexp.MustCompile(`^[lL]eft$`), false, false, wildcardAndNumber},
	{regexp.MustCompile(`^[rR]ight$`), false, false, wildcardAndNumber},
}

var (
	call      = regexp.MustCompile(`^\{\{\s*([a-zA-Z]+)\s*\((.*)\)\s*\}\}$`)
	separator = regexp.MustCompile(`,\s*`)
)

func wildcards(s string) int {
	n := 0
	for token := range strings.SplitSeq(s, ".") {
		if token == Any {
			n++
		}
	}
	return n
}

// parsePlaceholder is nil for a token that stands for itself.
func parsePlaceholder(token string) (*placeholder, error) {
	if number, ok := strings.CutPrefix(token, "$"); ok {
		if i, err := strconv.Atoi(number); err == nil {
			return &placeholder{token, wildcard, []int{i}}, nil
		}
		return nil, nil // $JS, $KV and the like
	}
	if len(token) < 5 || !strings.HasPrefix(token, "{{") || !strings.HasSuffix(token, "}}") {
		return nil, nil
	}
	if m := call.FindStringSubmatch(token); m != nil {
		for _, f := range functions {
			if !f.name.MatchString(m[1]) {
				continue
			}
			read, err := f.args(separator.Split(m[2], -1))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", token, err)
			}
			return &placeholder{token, f, read}, nil
		}
	}
	return nil, fmt.Errorf("there is no mapping function %s", token)
}

// allWildcards checks for exactly n arguments, all of them wildcards.
func allWildcards(n int) func([]string) ([]int, error) {
	return func(args []string) ([]int, error) {
		if len(args) != n {
			return nil, fmt.Errorf("it takes %d argument, not %d", n, len(args))
		}
		return numbers(args, math.MaxInt)
	}
}

// partition is a number of partitions, then any number of wildcards.
func partition(args []string) ([]int, error) {
	if _, err := numbers(args[:1], math.MaxInt32); err != nil {
		return nil, err
	}
	return numbers(args[1:], math.MaxInt)
}

// random is one number.
func random(args []string) ([]int, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("it takes 1 argument, not %d", len(args))
	}
	_, err := numbers(args, math.MaxInt32)
	return nil, err
}

// split is a wildcard and a delimiter.
func split(args []string) ([]int, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("it takes 2 arguments, not %d", len(args))
	}
	if strings.Contains(args[1], " ") {
		return nil, fmt.Errorf("its delimiter holds white space")
	}
	return numbers(args[:1], math.MaxInt)
}

// wildcardAndNumber is a wildcard and a position or length.
func wildcardAndNumber(args []string) ([]int, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("it takes 2 arguments, not %d", len(args))
	}
	if _, err := numbers(args[1:], math.MaxInt32); err != nil {
		return nil, err
	}
	return numbers(args[:1], math.MaxInt)
}

func numbers(args []string, most int) ([]int, error) {
	read := make([]int, len(args))
	for i, arg := range args {
		n, err := strconv.Atoi(strings.Trim(arg, " "))
		if err != nil || n > most {
			return nil, fmt.Errorf("%q is not a number it can take", arg)
		}
		read[i] = n
	}
	return read, nil
}
