package folder

import (
	"io/fs"
	"strings"
	"sync"

	"jsc/schema/parallel"
)

// Files are files by their slash-separated paths. They are safe for concurrent
// use.
type Files interface {
	// ReadFile is a file's bytes; the error is fs.ErrNotExist when there is none.
	ReadFile(path string) ([]byte, error)
}

// ReadEach reads files on all processors. visit is called for each, by its index,
// with its bytes, which are good until it returns, or with why there are none;
// own is as for parallel.DoWith. The error is visit's for the least index. Those
// of a View are read fastest in the order of Paths.
func ReadEach[T any](from Files, paths []string, own func() T, visit func(own T, i int, data []byte, err error) error) error {
	type reading struct {
		from Files
		own  T
	}
	room, err := newRooms(from)
	if err != nil {
		return err
	}
	defer room.close()
	return parallel.TryWith(len(paths), func() reading { return reading{room.reader(), own()} }, func(r reading, i int) error {
		data, err := r.from.ReadFile(paths[i])
		return visit(r.own, i, data, err)
	})
}

// rooms makes readers of files, each for one goroutine.
type rooms struct {
	from Files
	view *View // nil where files are best read one by one
	top  dir
	mu   sync.Mutex
	made []*walker
}

func newRooms(from Files) (*rooms, error) {
	r := &rooms{from: from}
	v, ok := from.(*View)
	if !ok || v.out == nil || v.Interrupted() {
		return r, nil
	}
	var err error
	r.view = v
	r.top, err = v.out.dir()
	return r, err
}

func (r *rooms) reader() Files {
	if r.view == nil {
		return r.from
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	w := &walker{view: r.view, top: r.top}
	r.made = append(r.made, w)
	return w
}

func (r *rooms) close() {
	if r.view == nil {
		return
	}
	for _, w := range r.made {
		w.leave(0)
	}
	r.top.close()
}

// walker reads one file after the other into the same room. It goes from folder
// to folder, so that files of one folder cost no more than themselves.
type walker struct {
	view *View
	top  dir
	at   []entered // the folders that lead to the last file
	room []byte
}

// entered is an open folder, and its path with a slash at its end.
type entered struct {
	path string
	dir  dir
}

// ReadFile is the view's, good until the next call.
func (w *walker) ReadFile(path string) ([]byte, error) {
	in, name, err := w.enter(path)
	if err == nil {
		w.room, err = in.read(name, w.room)
	}
	if err != nil {
		return w.view.ReadFile(path) // which knows what is odd, and how to say it
	}
	return w.room, nil
}

// enter opens the folder that a file is in.
func (w *walker) enter(path string) (in dir, name string, err error) {
	if !fs.ValidPath(path) {
		return in, "", fs.ErrInvalid
	}
	n := 0
	for n < len(w.at) && strings.HasPrefix(path, w.at[n].path) {
		n++
	}
	w.leave(n)
	in, name = w.top, path
	if n > 0 {
		in, name = w.at[n-1].dir, path[len(w.at[n-1].path):]
	}
	for {
		sub, rest, more := strings.Cut(name, "/")
		if !more {
			return in, name, nil
		}
		if in, err = in.sub(sub); err != nil {
			return in, "", err
		}
		w.at, name = append(w.at, entered{path[:len(path)-len(rest)], in}), rest
	}
}

// leave closes all but n folders.
func (w *walker) leave(n int) {
	for _, e := range w.at[n:] {
		e.dir.close()
	}
	w.at = w.at[:n]
}
