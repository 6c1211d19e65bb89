package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

func newLock(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "lock",
		Short:   "Work on locks",
		Example: "  jsc lock merge BASE OURS THEIRS",
	}
	cmd.AddCommand(newLockMerge(t))
	return cmd
}

func newLockMerge(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "merge BASE OURS THEIRS [NAME]",
		Short: "Merge two changes of a lock into OURS, as a git merge driver",
		Long: `Merge two changes of a lock into OURS, as git calls a merge driver. NAME is what
messages call the lock, as git's files are temporary ones.

The later time of issue wins; what one side removed and the other changed is
removed and revoked; what one side moved stays moved; revocations of both sides
stay. Build afterwards: the output folder may hold either side's files.

Two keys for one thing, or two names for one key, somebody has to decide: OURS
gets all that merges, with both sides' lines of these between markers, and the
exit code is 1. Keep the lines of one side, of the same one everywhere, remove
the markers, and build.

To let git use it:
  git config merge.jsc-lock.driver 'jsc lock merge %O %A %B %P'
  echo '*.lock.json merge=jsc-lock' >> .gitattributes`,
		Example: "  jsc lock merge base.lock.json ours.lock.json theirs.lock.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 3 || len(args) > 4 {
				return usageError{fmt.Errorf("lock merge takes BASE, OURS and THEIRS, and at most a NAME, not %d files", len(args))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return t.mergeLocks([3]string(args), args[3:]) },
	}
}

// mergeLocks writes the merge of three locks, base, ours and theirs, to ours;
// name, if any, is what that is called. What cannot be merged is there between
// markers: nothing goes on with ours alone, which lacks what theirs revoked.
func (t *terminal) mergeLocks(files [3]string, name []string) error {
	shown := files
	if len(name) > 0 {
		shown = [3]string{name[0] + " (base)", name[0], name[0] + " (theirs)"}
	}
	ours := files[1]
	sources := map[string][]byte{}
	var data [3][]byte
	var locks [3]*lock.Lock
	c := &compiled{config: &schema.Config{Sources: sources}}
	for i, file := range files {
		var err error
		if data[i], err = os.ReadFile(file); err != nil {
			return fmt.Errorf("read the lock: %w", err)
		}
		if i == 0 {
			// Of branches that were merged both ways, git merges the bases first,
			// and goes on with what had conflicts.
			data[i] = lock.KeepOurs(data[i])
		}
		sources[shown[i]] = data[i]
		if len(data[i]) == 0 { // git's base when both sides added the lock
			locks[i] = lock.New()
			continue
		}
		var diags hcl.Diagnostics
		locks[i], diags = lock.Parse(shown[i], data[i])
		c.diags = append(c.diags, diags...)
	}
	var merged []byte
	switch {
	case !c.diags.HasErrors():
		m := lock.Merge(shown[1], locks[0], locks[1], locks[2])
		merged, c.diags, sources[shown[1]] = m.Data, m.Conflicts, m.Data
	case locks[1] != nil:
		merged = lock.Unread(data[1])
	}
	if merged != nil {
		if err := replace(ours, merged); err != nil {
			return fmt.Errorf("write %s: %w", ours, err)
		}
	}
	c.diags = diag.Sort(c.diags)
	return t.tell(c, hcl.DiagWarning)
}
