package agreement_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// The reference of a question stands in clear in the ledgers of both, for good. A name that somebody
// types there, or that a partner plants there, must not get in.
func TestNoNameGetsIntoALedgerByAQuestion(t *testing.T) {
	h := newHouse(t)
	id := h.agreed(h.terms())
	for _, record := range []agreement.RecordID{"AminaDell", "AMINADELL", "Aminadellaminadellaminadell", "aminadellaminadellaminadel", "A1"} {
		_, err := h.Decide(t.Context(), as(h.con, auth.Investigator), agreement.Ask{Agreement: id, Record: record, Purpose: "safety"})
		if fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%s: %v", record, err)
		}
	}
	for _, org := range []auth.OrgID{h.harbour, h.con} {
		text, err := json.Marshal(h.entries(org, 50))
		h.must(err)
		if strings.Contains(strings.ToLower(string(text)), "amina") {
			t.Errorf("a name is in the ledger of %s", org)
		}
	}
}
