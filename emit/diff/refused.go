package diff

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// Refused writes why there is no report, as Markdown writes one. The error is w's.
func Refused(diags hcl.Diagnostics, w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "**There is no plan: %s.**\n\n", diag.Plural(len(diags), "error"))
	for _, f := range diag.ReportOf(diags).Diagnostics {
		at := f.File
		if f.Line > 0 {
			at = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
		}
		fmt.Fprintf(b, "- %s %s\n", code(at), code(f.Summary+" ["+f.Rule+"]"))
		below := []string{f.Detail}
		for _, n := range f.Notes {
			below = append(below, n.Text)
		}
		for _, line := range slices.DeleteFunc(append(below, f.Hint), isEmpty) {
			fmt.Fprintf(b, "  - %s\n", code(strings.ReplaceAll(line, "\n", " ")))
		}
	}
	return b.Flush()
}
