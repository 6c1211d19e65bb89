package folder

import "golang.org/x/sys/unix"

// syncAll syncs the whole file system that the folder is on; done is false where
// there is no such thing.
func (d *disk) syncAll() (done bool, err error) {
	file, err := d.root.Open(".")
	if err != nil {
		return true, err
	}
	defer file.Close()
	return true, unix.Syncfs(int(file.Fd()))
}
