package main

import (
	"os"
	"testing"
	"testing/fstest"
)

// TestMachineMemory: half of what a container or a small machine has is spared,
// so that what lives in it with collection is not killed before the first.
func TestMachineMemory(t *testing.T) {
	const meminfo = "MemTotal:       24684348 kB\nMemFree:        17000000 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64 // MiB
	}{
		"no files, as on macOS": {nil, 960},
		"a large machine":       {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/user.slice\n", "sys/fs/cgroup/user.slice/memory.max": "max\n"}, 960},
		"a small machine":       {map[string]string{"proc/meminfo": "MemTotal: 1048576 kB\n"}, 512},
		"version 2":             {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"}, 256},
		"around it":             {map[string]string{"proc/self/cgroup": "0::/pod/app/init\n", "sys/fs/cgroup/pod/memory.max": "1073741824\n", "sys/fs/cgroup/pod/app/memory.max": "max\n"}, 512},
		"the host's path":       {map[string]string{"proc/self/cgroup": "0::/../../docker/1f\n", "sys/fs/cgroup/memory.max": "536870912\n"}, 256},
		"version 1": {map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "9:name=systemd:/\n4:memory:/docker/1f\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n", "sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes": "268435456\n",
		}, 128},
		"nonsense": {map[string]string{"proc/meminfo": "MemTotal:\n", "proc/self/cgroup": "0\n::\n0::\n", "sys/fs/cgroup/memory.max": "-1\n"}, 960},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := spared(root); got != c.want<<20 {
			t.Errorf("%s: %d MiB are spared, not %d", name, got>>20, c.want)
		}
	}
}

func BenchmarkMachineMemory(b *testing.B) {
	for b.Loop() {
		spared(os.DirFS("/"))
	}
}
