//go:build !unix

package folder

import (
	"errors"
	"io/fs"
	"os"
)

// tryFlock cannot lock here: builds are refused, readers read without.
func tryFlock(*os.File, lockMode) error { return errors.ErrUnsupported }

// inode identifies a folder on its file system; 0 is unknown.
func inode(fs.FileInfo) uint64 { return 0 }

// writable cannot tell here.
func writable(*os.File) error { return nil }
