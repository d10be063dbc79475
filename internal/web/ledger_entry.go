package web

import (
	"fmt"
	"net/http"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// ledgerEntryPage is one entry of the ledger.
type ledgerEntryPage struct {
	Page
	Line    ledgerLine
	ID      string
	Person  string // of an opened entry
	Details []detailRow
	Gone    bool // its text was erased
	// Provable says that a checkpoint holds it: it can be checked, and its proof taken away.
	Provable bool
	Steps    []string // what was checked just now
	Wrong    string   // what the check found wrong
}

func (s *Server) ledgerEntry(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	e, err := s.app.LedgerEntry(r.Context(), v.actor, r.PathValue("entry"))
	if err != nil {
		return err
	}
	page, err := s.entryPage(r, e)
	if err != nil {
		return err
	}
	if r.FormValue("check") == "yes" && page.Provable {
		if err := s.checkEntry(r, e.ID, &page); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "ledger_entry", page)
}

func (s *Server) entryPage(r *http.Request, e audit.Placed) (ledgerEntryPage, error) {
	v := visitOf(r)
	health, err := s.app.LedgerHealth(r.Context(), v.actor)
	if err != nil {
		return ledgerEntryPage{}, err
	}
	names, err := s.actorNames(r)
	if err != nil {
		return ledgerEntryPage{}, err
	}
	page := ledgerEntryPage{
		Page: s.page(r, v.printer.T("Entry of the ledger")), Line: entryLine(v, e, health, names), ID: e.ID,
		Details: detailsOf(e.Entry), Gone: e.Shut && e.Sealed == nil,
	}
	if !e.Shut {
		page.Person = e.Person
	}
	page.Provable = e.Leaf != nil && (e.Leaf.Log < health.Log || e.Leaf.Index < health.Signed)
	return page, nil
}

// checkEntry verifies an entry and says in plain words what was checked.
func (s *Server) checkEntry(r *http.Request, id string, page *ledgerEntryPage) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.app.CheckLedgerEntry(r.Context(), v.actor, id)
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		page.Wrong = p.T(f.Msg, f.Args...)
		return nil
	}
	if err != nil {
		return err
	}
	page.Steps = stepsOf(p, c)
	return nil
}

func stepsOf(p *i18n.Printer, c app.Checked) []string {
	var steps []string
	if c.Text {
		steps = append(steps, p.T("What the entry says, together with its secret, gives exactly the value that the log holds in its place: nothing in it was changed."))
	} else {
		steps = append(steps, p.T("What the entry says is sealed and was not read. Its value in the log was checked."))
	}
	steps = append(steps, p.T("That value is number %s of the %s that the log has signed: %s steps of arithmetic lead from it to the signed sum.",
		p.Int(c.Index), p.Int(c.Signed.Size), p.Int(int64(len(c.Hashes)))))
	if len(c.Witnesses) == 0 {
		return append(steps, p.T("No witness on another machine has signed this sum. Somebody with every right on this machine could have rewritten it."))
	}
	return append(steps, p.T("The same sum was signed by %s, on another machine.", p.List(witnessNames(c.Witnesses))))
}

func witnessNames(by []ledger.Cosigned) []string {
	names := make([]string, len(by))
	for i, w := range by {
		names[i] = w.Witness
	}
	return names
}

// openLedgerEntry shows an entry about a person, after entering that it was opened.
func (s *Server) openLedgerEntry(w http.ResponseWriter, r *http.Request) error {
	e, err := s.app.OpenLedgerEntry(r.Context(), actorOf(r), r.PathValue("entry"))
	if err != nil {
		return err
	}
	page, err := s.entryPage(r, e)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ledger_entry", page)
}

// ledgerProof hands over the proof of an entry. Its name holds the number of the entry and no more.
func (s *Server) ledgerProof(w http.ResponseWriter, r *http.Request) error {
	c, err := s.app.CheckLedgerEntry(r.Context(), actorOf(r), r.PathValue("entry"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("proof-%d.txt", c.Index)))
	_, err = w.Write(c.Format())
	return err
}

// forgedPage shows what the verifier says of forged copies of the ledger.
type forgedPage struct {
	Page
	Line                ledgerLine
	Size                string
	Whole, Changed, Cut string
	Named               bool // every forgery was named, and the unaltered copy was not
}

func (s *Server) forgedLedger(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	// Now, so that nobody has to wait for the clock.
	if err := s.app.Ledger.Flush(r.Context(), string(v.actor.Org)); err != nil {
		return err
	}
	if err := s.app.Ledger.Checkpoint(r.Context(), string(v.actor.Org)); err != nil {
		return err
	}
	f, err := demo.Forge(r.Context(), s.app, v.actor.Org)
	if err != nil {
		return err
	}
	names, err := s.actorNames(r)
	if err != nil {
		return err
	}
	said := func(f *audit.Finding) string {
		switch {
		case f == nil:
			return p.T("Every entry is in its place.")
		case f.Index >= 0:
			return p.T("Entry number %s is altered or missing, in the file %s.", p.Int(f.Index), f.Where)
		}
		return p.T("%s is altered or missing.", f.Where)
	}
	page := forgedPage{
		Page: s.page(r, p.T("A forged ledger is named")), Line: entryLine(v, f.Entry, audit.Health{}, names), Size: p.Int(f.Size),
		Whole: said(f.Whole.Found), Changed: said(f.Changed.Found), Cut: said(f.Cut.Found),
		Named: f.Whole.Found == nil && f.Changed.Found != nil && f.Changed.Found.Index == f.Entry.Leaf.Index && f.Cut.Found != nil,
	}
	return s.render(w, r, http.StatusOK, "ledger_forged", page)
}
