package folder

import "jsc/schema/parallel"

// Files are files by their slash-separated paths. They are safe for concurrent
// use.
type Files interface {
	// ReadFile is a file's bytes; the error is fs.ErrNotExist when there is none.
	ReadFile(path string) ([]byte, error)
}

// ReadEach reads files on all processors. visit is called for each, by its index,
// with its bytes, which are good until it returns, or with why there are none;
// own is as for parallel.DoWith. The error is visit's for the least index.
func ReadEach[T any](from Files, paths []string, own func() T, visit func(own T, i int, data []byte, err error) error) error {
	return parallel.TryWith(len(paths), own, func(mine T, i int) error {
		data, err := from.ReadFile(paths[i])
		return visit(mine, i, data, err)
	})
}
