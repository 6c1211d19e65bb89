package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"jsc/emit"
)

// targets are the further forms of the output that --target names.
type targets []string

func (t *targets) flag(f *pflag.FlagSet, use string) {
	f.StringArrayVar((*[]string)(t), "target", nil, use+": "+strings.Join(emit.Targets(), ", ")+" (repeatable)")
}

// settle refuses names of none, and names each once.
func (t *targets) settle() error {
	slices.Sort(*t)
	*t = slices.Compact(*t)
	for _, name := range *t {
		if err := oneOf("target", name, emit.Targets()...); err != nil {
			return err
		}
	}
	return nil
}
