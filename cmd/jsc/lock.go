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
		Use:   "merge BASE OURS THEIRS",
		Short: "Merge two changes of a lock into OURS, as a git merge driver",
		Long: `Merge two changes of a lock into OURS, as git calls a merge driver.

The later time of issue wins; what one side removed and the other changed is
removed and revoked; revocations of both sides stay. Two keys for one thing are
an error. Build afterwards: the output folder may hold either side's files.

To let git use it:
  git config merge.jsc-lock.driver 'jsc lock merge %O %A %B'
  echo '*.lock.json merge=jsc-lock' >> .gitattributes`,
		Example: "  jsc lock merge base.lock.json ours.lock.json theirs.lock.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 3 {
				return usageError{fmt.Errorf("lock merge takes BASE, OURS and THEIRS, not %d files", len(args))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return t.mergeLocks(args[0], args[1], args[2]) },
	}
}

// mergeLocks writes the merge of three locks to ours.
func (t *terminal) mergeLocks(base, ours, theirs string) error {
	sources := map[string][]byte{}
	var locks [3]*lock.Lock
	var diags hcl.Diagnostics
	for i, name := range []string{base, ours, theirs} {
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the lock: %w", err)
		}
		sources[name] = data
		if len(data) == 0 { // git's base when both sides added the lock
			locks[i] = lock.New()
			continue
		}
		l, more := lock.Parse(name, data)
		locks[i], diags = l, append(diags, more...)
	}
	c := &compiled{config: &schema.Config{Sources: sources}, diags: diag.Sort(diags)}
	if err := t.tell(c, hcl.DiagWarning); err != nil {
		return err
	}
	merged, diags := lock.Merge(ours, locks[0], locks[1], locks[2])
	c.diags = diag.Sort(diags)
	if err := t.tell(c, hcl.DiagWarning); err != nil {
		return err
	}
	if err := replace(ours, merged.Encode()); err != nil {
		return fmt.Errorf("write %s: %w", ours, err)
	}
	return nil
}
