package check

import (
	"bytes"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/folder"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// compared is how one file is beside what the topology gives.
type compared struct {
	missing bool
	odd     *oddity // in its place
	digest  string  // of the file
	fresh   string  // of what the topology gives
	// data and made are the file and what the topology gives; nil where both are
	// the same.
	data, made []byte
}

// compare compares some files of the layout with what is in the folder, byte for
// byte, and keeps no more of them in memory than what differs. Those that were
// read before are not read again, unless they hold something else.
func (c *checker) compare(content *content, which func(*emit.Artifact) bool) error {
	files, all := content.layout.Artifacts, content.files
	var known, rest []int
	read := make([]*tokenFile, len(files))
	at := 0
	for i := range files {
		for at < len(c.tokenPaths) && c.tokenPaths[at] < files[i].Path {
			at++
		}
		switch {
		case !which(&files[i]):
		case at < len(c.tokenPaths) && c.tokenPaths[at] == files[i].Path && !c.tokenFiles[at].gone && c.tokenFiles[at].odd == nil && !c.plain:
			read[i], known = &c.tokenFiles[at], append(known, i)
		default:
			rest = append(rest, i)
		}
	}
	var failed error
	parallel.Do(2, func(i int) {
		if i == 0 {
			failed = c.read(content, rest)
			return
		}
		parallel.DoWith(len(known), newRoom, func(r *room, at int) {
			i := known[at]
			var same bool
			if same, r.data = files[i].IsMadeOf(&read[i].parts, r.data); same {
				all[i].digest, all[i].fresh = read[i].digest, read[i].digest
			}
		})
	})
	if failed != nil {
		return failed
	}
	return c.read(content, slices.DeleteFunc(known, func(i int) bool { return all[i].digest != "" }))
}

// read compares files of the layout, by their index, with what it reads.
func (c *checker) read(content *content, which []int) error {
	files, all := content.layout.Artifacts, content.files
	paths := make([]string, len(which))
	for at, i := range which {
		paths[at] = files[i].Path
	}
	return folder.ReadEach(c.Folder, paths, newRoom, func(r *room, i int, data []byte, err error) error {
		made, failed := r.make(&files[which[i]])
		if failed != nil {
			return failed
		}
		is := &all[which[i]]
		is.fresh = folder.Digest(made)
		is.odd = c.oddity(paths[i], err)
		switch {
		case is.odd != nil:
		case isGone(err):
			is.missing = true
		case err != nil:
			return err
		case bytes.Equal(data, made):
			is.digest = is.fresh
		default:
			is.digest, is.data, is.made = folder.Digest(data), slices.Clone(data), slices.Clone(made)
		}
		return nil
	})
}

// room is where files are made, one after the other.
type room struct{ data []byte }

func newRoom() *room { return &room{} }

// make makes a file; its bytes are good until the next one is made.
func (r *room) make(a *emit.Artifact) (made []byte, err error) {
	made, err = a.MakeIn(r.data)
	r.data = made
	return made, err
}

// judgeFiles tells of every file that is not what the topology gives.
func (c *checker) judgeFiles(made *content) {
	files, all := made.layout.Artifacts, made.files
	digests := make([]string, len(all))
	for i := range all {
		digests[i] = all[i].fresh
	}
	written := false // the manifest, by a build
	parallel.Do(2, func(i int) {
		if i == 0 {
			written = c.manifest.is(made.layout, digests)
			return
		}
		for i := range files {
			c.judgeFile(files[i].Path, &all[i])
		}
		c.judgeOthers(files)
	})
	c.judgeManifest(written, made)
}

// judgeOthers tells of every file that the topology does not give.
func (c *checker) judgeOthers(files []emit.Artifact) {
	for _, name := range c.paths {
		for len(files) > 0 && files[0].Path < name {
			files = files[1:]
		}
		if len(files) > 0 && files[0].Path == name || c.told[name] {
			continue
		}
		switch {
		case name == emit.ManifestPath, c.moved[claimsOf(name)] != "": // goes with its token
		case c.moved[name] != "":
			c.stale(name, "%s holds the token of %s, which was moved and not built yet", name, c.byPath[name])
		case c.listing().has(name):
			c.stale(name, "%s is there, and the topology gives no such file", name)
		case path.Ext(name) == ".jwt":
			c.tell(diag.New("artifact-foreign", c.file(name), name), name)
		}
	}
}

// judgeFile tells how one file differs from what the topology gives. What holds
// a token that is not there, or does not verify, can only be compared once that
// is mended.
func (c *checker) judgeFile(name string, r *compared) {
	switch {
	case c.told[name]:
		return
	case r.odd != nil:
		c.tellOdd(name, r.odd)
		return
	case r.missing:
		if !c.told[c.byPath[name]] && !c.told[c.byPath[claimsOf(name)]] && !c.isMoved(name) {
			c.stale(name, "%s is missing", name)
		}
		return
	case r.made == nil || c.told[c.byPath[name]]:
		return
	}
	unknown := emit.Unsigned(r.made) // it holds a token that is not there, or does not verify
	switch {
	case path.Ext(name) == ".jwt" && !unknown:
		c.tampered(name, "%s is not the token alone, in the form that a build writes", name)
	case unknown:
	default:
		d := c.stale(name, "%s is not what %s", name, c.author(name, r.digest))
		if fields, err := diff.JSON(r.data, r.made); err == nil {
			for _, line := range lines(fields) {
				diag.WithNote(d, hcl.Range{}, "%s", line)
			}
		}
	}
}

// claimsOf is the path of the token that a file of decoded claims is of.
func claimsOf(name string) string {
	if is("accounts/*.json", name) {
		return name[:len(name)-len("json")] + "jwt"
	}
	return ""
}

// author says who would have written a file otherwise: where the manifest has
// its digest, the topology changed; else somebody changed the file.
func (c *checker) author(name, digest string) string {
	if entry, listed := c.listing().entries[name]; listed && entry.SHA256 != digest {
		return "the last build wrote"
	}
	return "the topology says"
}
