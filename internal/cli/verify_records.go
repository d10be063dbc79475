package cli

import (
	"fmt"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// records compares every sealed record with what the ledger says it is. That takes an unlocked vault;
// without one it is said that it was not done.
func (c *verifyCmd) records(r *run, n node) error {
	if n.Vault.Locked() {
		if !c.JSON {
			fmt.Fprintln(r.out, r.words.T("Sealed records were not compared with the ledger: the vault is locked."))
		}
		return nil
	}
	found, err := n.Vault.Check(r.ctx)
	if err != nil {
		return err
	}
	if !c.JSON {
		fmt.Fprintln(r.out, r.words.T("%d sealed records were compared with the ledger.", found.Records))
		for _, f := range found.Findings {
			fmt.Fprintln(r.out, "  "+findingLine(f))
		}
	}
	if len(found.Findings) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "A sealed record is not as the ledger says: %s.", findingLine(found.Findings[0])).
		WithHint("It was altered or put back outside the program. Do not rely on it; compare with a backup and tell the person responsible for security.")
}

// findingLine names a record by identifiers only.
func findingLine(f vault.Finding) string {
	return fmt.Sprintf("record %s of person %s: %s", f.Record, f.Person, f.What)
}
