package keys

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"sync"
)

// maxSeeds bounds what is read of a file of seeds: 16 MiB, some 280,000 seeds.
const maxSeeds = 16 << 20

// list is a source that is read whole at the first find: seeds in a variable,
// a file or an age file.
type list struct {
	name string
	load func() (map[string]*Key, error) // once; its error stays
}

// newList makes a list of what read returns. The bytes are overwritten after
// parsing.
func (o *opening) newList(name string, read func() ([]byte, error)) *list {
	return &list{name, sync.OnceValues(func() (map[string]*Key, error) {
		data, err := read()
		if err != nil {
			return nil, fmt.Errorf("read keys from %s: %w", name, err)
		}
		defer clear(data)
		found, err := parseSeeds(data)
		if err != nil {
			return nil, fmt.Errorf("read keys from %s: %w", name, err)
		}
		o.hoard.add(found...)
		byPublic := make(map[string]*Key, len(found))
		for _, k := range found {
			byPublic[k.public] = k
		}
		return byPublic, nil
	})}
}

func (l *list) find(_, public string) (*Key, error) {
	keys, err := l.load()
	return keys[public], err
}

func (l *list) held() ([]string, error) {
	keys, err := l.load()
	return slices.Sorted(maps.Keys(keys)), err
}

func (l *list) String() string { return l.name }

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// openEnv opens env:NAME. An unset or empty variable is an error when it is
// read: whoever names it means it to be set.
func openEnv(o *opening, name string) (source, error) {
	if !variableName.MatchString(name) {
		return nil, errors.New("env: takes the name of an environment variable, as in env:JSC_SEEDS")
	}
	return o.newList("env:"+name, func() ([]byte, error) {
		value := o.getenv(name)
		if value == "" {
			return nil, errors.New("the variable is not set, or empty")
		}
		return []byte(value), nil
	}), nil
}

// openFile opens file:PATH. Its mode is not judged, unlike that of a seed in a
// dir: source: secrets that Docker and Kubernetes mount are world-readable
// inside the container that they are for.
func openFile(o *opening, arg string) (source, error) {
	path, err := o.path(arg)
	if err != nil {
		return nil, err
	}
	return o.newList("file:"+arg, func() ([]byte, error) {
		if err := o.refuseTracked(path, ""); err != nil {
			return nil, err
		}
		return readAtMost(path, maxSeeds)
	}), nil
}

// readAtMost reads a file, which may be a pipe, and refuses one of more than
// limit bytes.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		clear(data)
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return data, nil
}
