package folder

import "path/filepath"

// Ahead is what was found out of a state before it is opened for writing. Open
// need not find it out again where nothing has changed since.
type Ahead struct {
	Lock []byte // what the lock holds; nil where it was not read

	survey *survey // nil where the folder was not looked at
	cache  cache
	print  fingerprint // of the folder itself, before
}

// LookAhead looks at the output folder of a place, so that it can be looked at
// while other work goes on. What keeps it from looking is left for Open to tell.
func LookAhead(place Place) (a Ahead) {
	if refuseLinks(place.Out, filepath.Dir(place.Lock)) != nil {
		return a
	}
	out, err := openDisk(place.Out, nil)
	if err != nil {
		return a
	}
	defer out.close()
	if a.print, err = out.own(); err != nil {
		return a
	}
	if a.survey, err = out.survey(); err == nil {
		a.cache = place.readCache()
	}
	return a
}

// isOf reports that no build has written into the folder since it was looked at:
// each begins and ends with a change of the folder itself.
func (a *Ahead) isOf(out *disk) bool {
	now, err := out.own()
	return err == nil && a.survey != nil && a.print.Inode != 0 && a.print == now
}

// own is what the folder itself is by now.
func (d *disk) own() (fingerprint, error) {
	info, err := d.root.Stat(".")
	if err != nil {
		return fingerprint{}, d.wrap("read", ".", err)
	}
	return fingerprintOf(info), nil
}
