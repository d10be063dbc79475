package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// mayReadLedger answers whoever may not read the ledger as if it were not there.
func mayReadLedger(actor auth.Actor) error {
	if !actor.May(auth.ReadLedger) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	return nil
}

// LedgerEntries returns entries of the actor's organisation, the newest first. Those about persons are
// shut.
func (a *App) LedgerEntries(ctx context.Context, actor auth.Actor, f audit.Filter) (found []audit.Placed, err error) {
	if err := mayReadLedger(actor); err != nil {
		return nil, err
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if found, err = audit.Find(ctx, tx, string(actor.Org), f); err != nil {
			return err
		}
		return blank(ctx, tx, actor, found)
	})
	return found, err
}

// LedgerEntry returns one entry of the actor's organisation, shut when it is about a person.
func (a *App) LedgerEntry(ctx context.Context, actor auth.Actor, id string) (p audit.Placed, err error) {
	if err := mayReadLedger(actor); err != nil {
		return p, err
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if p, err = audit.Get(ctx, tx, string(actor.Org), id); err != nil {
			return err
		}
		one := []audit.Placed{p}
		err = blank(ctx, tx, actor, one)
		p = one[0]
		return err
	})
	return p, err
}

// blank takes out of entries in clear what they say of a case from which the actor is kept: who keeps
// them from it is among it. The entries stay in the list, so that it has no gaps.
func blank(ctx context.Context, tx *db.Tx, actor auth.Actor, entries []audit.Placed) error {
	kept, err := auth.KeptScopes(ctx, tx, actor)
	if err != nil || len(kept) == 0 {
		return err
	}
	for i := range entries {
		e := &entries[i].Entry
		if kept[e.Subject] || kept[e.Detail["on"]] || kept[e.Detail["scope"]] {
			e.Actor, e.Subject, e.Detail = "", "", map[string]string{"act": "withheld"}
		}
	}
	return nil
}

// LedgerHealth returns the state of the log of the actor's organisation: for who may read it, and for
// who keeps the node running, because it shows no entry.
func (a *App) LedgerHealth(ctx context.Context, actor auth.Actor) (h audit.Health, err error) {
	if !actor.May(auth.ReadLedger) && !actor.May(auth.AdministerNode) {
		return h, mayReadLedger(actor)
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		h, err = audit.State(ctx, tx, string(actor.Org))
		return err
	})
	return h, err
}

// OpenLedgerEntry opens an entry about a person and enters that it was opened, before it is shown. The
// officer who oversees and works on no case may open any, save of a case from which they are kept; another only what belongs to a case or task
// in whose scope they may open records. Whoever may not is answered as if it were not there.
func (a *App) OpenLedgerEntry(ctx context.Context, actor auth.Actor, id string) (audit.Placed, error) {
	sealed, err := a.LedgerEntry(ctx, actor, id)
	if err != nil || !sealed.Shut {
		return sealed, err
	}
	gone := fault.New(fault.NotFound, "The entry cannot be opened: the person was erased, and what it said with them.")
	if sealed.Sealed == nil {
		return sealed, gone
	}
	opened := []audit.Entry{sealed.Entry}
	if err := audit.Reveal(ctx, a.Vault, opened); err != nil {
		return sealed, err
	}
	if opened[0].Shut {
		return sealed, gone
	}
	// A room names its case in another way than an opening does. Both are a scope to judge by, and what the person is told.
	scope := cmp.Or(opened[0].Detail["scope"], opened[0].Detail["case"])
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := mayOpenEntry(ctx, tx, actor, scope, opened[0]); err != nil {
			return err
		}
		return a.Vault.Record(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Opening, Person: sealed.Person, Subject: id,
			Detail: map[string]string{"act": "ledger.open", "purpose": "oversight", "scope": cmp.Or(scope, "ledger:"+id), "via": string(actor.Via)},
		})
	})
	if err != nil {
		return audit.Placed{}, err
	}
	sealed.Entry = opened[0]
	return sealed, nil
}

// mayOpenEntry decides who may open an entry about a person, of a scope, which is "" for what belongs to no case or
// names its case otherwise. Whoever is kept from a case of the person opens none about them.
func mayOpenEntry(ctx context.Context, tx *db.Tx, actor auth.Actor, scope string, e audit.Entry) error {
	kept, err := vault.Kept(ctx, tx, actor)
	if err == nil && kept[vault.PersonID(e.Person)] {
		err = fault.New(fault.NotFound, "This does not exist.")
	}
	if err != nil {
		return err
	}
	if strings.HasPrefix(scope, "feedback/") { // that there is any is for those alone who may read it
		if err := vault.Oversees(ctx, tx, actor, vault.PersonID(e.Person)); err != nil {
			return err
		}
	}
	if !actor.Is(auth.ProtectionOfficer) {
		if err := auth.MayOpen(ctx, tx, actor, scope); err != nil {
			return err
		}
		shown, err := casefile.ShowsEntry(ctx, tx, actor, casefile.ID(scope), e.Detail["of"], e.Subject)
		if err == nil && !shown {
			err = fault.New(fault.NotFound, "This does not exist.")
		}
		return err
	}
	out, err := auth.Excluded(ctx, tx, actor.Org, scope, actor.Account)
	if err == nil && out {
		err = fault.New(fault.NotFound, "This does not exist.")
	}
	return err
}

// Checked says what was checked of an entry.
type Checked struct {
	audit.Proof
	// Text says that the readable entry was compared with the log; without, only its place was.
	Text bool
}

// CheckLedgerEntry proves anew that an entry is in the log, and that what the entry says is what the log
// committed to, if it stands in clear. A log that was altered is [fault.Conflict], and then everybody who
// may read it is told.
func (a *App) CheckLedgerEntry(ctx context.Context, actor auth.Actor, id string) (Checked, error) {
	c, err := a.checkLedgerEntry(ctx, actor, id)
	if audit.IsDamage(err) {
		err = errors.Join(err, tellDamage(ctx, a.DB, string(actor.Org), err.Error()))
	}
	return c, err
}

func (a *App) checkLedgerEntry(ctx context.Context, actor auth.Actor, id string) (c Checked, err error) {
	if err := mayReadLedger(actor); err != nil {
		return c, err
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if c.Proof, err = audit.Prove(ctx, tx, string(actor.Org), id); err != nil {
			return err
		}
		if err := c.Check(); err != nil {
			return err
		}
		o, err := audit.OpeningOf(ctx, tx, string(actor.Org), id)
		if fault.KindOf(err) == fault.Withheld {
			return nil
		}
		if err != nil {
			return err
		}
		c.Text = bytes.Equal(ledger.Commitment(o.Salt, o.Canonical), c.Commitment)
		if !c.Text {
			return fault.New(fault.Conflict, "The entry was altered: it is not what the log committed to.").
				WithHint("Do not rely on it. Run \"fourfold verify\" and tell the person responsible for security.")
		}
		return nil
	})
	return c, err
}
