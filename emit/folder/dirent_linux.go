package folder

// Where an entry of a list of entries (unix.Dirent) has its length, its kind and
// its name; it begins with its inode.
const (
	direntLength = 16
	direntKind   = 18
	direntName   = 19
)
