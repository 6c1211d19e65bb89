package folder

import (
	"fmt"
	"testing"
)

// largeBuild is 10,000 tenants' 70,000 files.
func largeBuild(changed string) []File {
	var files []File
	for i := range 10_000 {
		for _, name := range []string{
			"accounts/T%d.jwt", "accounts/T%d.json", "users/T%d/app.jwt", "users/T%d/admin.jwt",
			"activations/T%d.json", "jetstream/T%d/S.json", "jetstream/T%d/S/C.json",
		} {
			files = append(files, File{Path: fmt.Sprintf(name, i), Data: fmt.Appendf(nil, "%01000d%s\n", i, changed)})
		}
	}
	return withManifest(files, "x.lock.json")
}

func BenchmarkCommitAll(b *testing.B) {
	for b.Loop() {
		place := newPlace(b)
		commitLarge(b, place, largeBuild(""))
	}
}

func BenchmarkCommitNothing(b *testing.B) {
	place := newPlace(b)
	files := largeBuild("")
	commitLarge(b, place, files)
	for b.Loop() {
		commitLarge(b, place, files)
	}
}

func commitLarge(b *testing.B, place Place, files []File) {
	f := mustOpen(b, place)
	defer f.Close()
	if _, err := f.Commit(b.Context(), files, []byte("lock")); err != nil {
		b.Fatal(err)
	}
}
