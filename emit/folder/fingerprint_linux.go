package folder

import (
	"io/fs"
	"os"
	"syscall"
)

// hasFingerprints reports that fingerprintOf tells files apart.
const hasFingerprints = true

func fingerprintOf(info fs.FileInfo) fingerprint {
	f := fingerprint{Size: info.Size()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		f.MTime, f.CTime, f.Inode = stat.Mtim.Nano(), stat.Ctim.Nano(), stat.Ino
	}
	return f
}

// statProgram stats the running program, whatever lies at its name by now.
func statProgram(string) (fs.FileInfo, error) { return os.Stat("/proc/self/exe") }
