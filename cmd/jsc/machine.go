package main

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
)

// memoryLimits are the files that say how much memory a cgroup may take, by the
// controllers of its line in /proc/self/cgroup: none in version 2.
var memoryLimits = []struct{ controllers, dir, file string }{
	{"", "sys/fs/cgroup", "memory.max"},
	{"memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes"},
}

// machineMemory is how much memory the process can have, by the files of a
// machine: its own, or less where a container is confined. most is what it is at
// most, and where no file tells.
func machineMemory(root fs.FS, most int64) int64 {
	groups, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range bytes.Lines(groups) {
		fields := bytes.SplitN(bytes.TrimSpace(line), []byte(":"), 3) // ID:CONTROLLERS:PATH
		if len(fields) < 3 {
			continue
		}
		for _, l := range memoryLimits {
			if l.controllers != string(fields[1]) {
				continue
			}
			// The groups around it confine it too. In a container the path may be
			// the host's, where only the top is there.
			for dir := path.Clean("/" + string(fields[2])); ; dir = path.Dir(dir) {
				text, _ := fs.ReadFile(root, path.Join(l.dir, dir, l.file))
				most = least(most, bytes.TrimSpace(text), 1)
				if dir == "/" {
					break
				}
			}
		}
	}
	info, _ := fs.ReadFile(root, "proc/meminfo")
	if total, found := bytes.CutPrefix(info, []byte("MemTotal:")); found { // the first line, in kB
		if words := bytes.Fields(total); len(words) > 0 {
			most = least(most, words[0], 1<<10)
		}
	}
	return most
}

// least is the lesser of two numbers, one of which is a text in a unit; "max",
// or nothing, is without end.
func least(most int64, text []byte, unit int64) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n <= 0 || n > most/unit {
		return most
	}
	return n * unit
}
