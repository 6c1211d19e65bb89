package folder

import (
	"io/fs"
	"syscall"
)

func fingerprintOf(info fs.FileInfo) fingerprint {
	f := fingerprint{Size: info.Size()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		f.MTime, f.CTime, f.Inode = stat.Mtim.Nano(), stat.Ctim.Nano(), stat.Ino
	}
	return f
}
