package audit

import "fmt"

// remembered holds the tree, as far as it was read, against the heads that were
// kept; at the end also against those that it never reached.
func (v *verification) remembered(end bool) error {
	size := v.checker.Tree.Size
	for _, k := range v.Kept {
		switch {
		case k.Size == size && !end && v.checker.Tree.Root().String() != k.Root:
			last := size - 1
			if err := v.found(Finding{Entry: &last, Text: fmt.Sprintf("up to here the ledger is not that of the checkpoint of %d entries that was kept", k.Size)}); err != nil {
				return err
			}
		case end && k.Size > size:
			if err := v.found(Finding{Entry: &size, Text: fmt.Sprintf("it is gone: a checkpoint of %d entries was kept", k.Size)}); err != nil {
				return err
			}
		}
	}
	return nil
}
