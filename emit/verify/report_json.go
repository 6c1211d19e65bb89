package verify

import (
	"encoding/json"
	"io"
)

// JSON writes the report for programs. Durations are nanoseconds. The error is
// w's.
func (r *Report) JSON(w io.Writer) error {
	rows := r.Rows
	if rows == nil {
		rows = []Row{}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // subjects end in >
	return enc.Encode(struct {
		FormatVersion int   `json:"format_version"`
		OK            bool  `json:"ok"`
		DurationNS    int64 `json:"duration_ns"`
		Rows          []Row `json:"rows"`
	}{1, r.OK(), r.Duration.Nanoseconds(), rows})
}
