package verify

import (
	"io"

	"jsc/schema/diag"
)

// JSON writes the report for programs. Durations are nanoseconds. The error is
// w's.
func (r *Report) JSON(w io.Writer) error {
	return diag.WriteJSON(w, struct {
		FormatVersion int   `json:"format_version"`
		OK            bool  `json:"ok"`
		DurationNS    int64 `json:"duration_ns"`
		Rows          []Row `json:"rows"`
	}{1, r.OK(), r.Duration.Nanoseconds(), diag.OrEmpty(r.Rows)})
}
