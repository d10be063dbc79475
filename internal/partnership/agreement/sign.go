package agreement

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/order"
)

// pair is the two copies of an agreement: that of the actor and that of the partner, nil where the partner has
// none yet.
type pair struct{ own, other *held }

// both reads both copies and takes hold of them, in the same order whoever acts, so that two changes at once wait
// for each other instead of blocking each other.
func both(ctx context.Context, tx *db.Tx, actor auth.Actor, id ID) (p pair, err error) {
	if p.own, err = load(ctx, tx, actor.Org, id); err != nil {
		return p, err
	}
	if p.other, err = load(ctx, tx, p.own.partner, id); err != nil && fault.KindOf(err) != fault.NotFound {
		return p, err
	}
	if p.other != nil && p.other.partner != actor.Org {
		return p, errors.New("agreement: the copies name different parties")
	}
	list := p.each()
	order.By(list, func(a, b *held) int {
		if a.org < b.org {
			return -1
		}
		return 1
	})
	for _, h := range list {
		if err := h.bump(ctx, tx); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p pair) each() []*held {
	if p.other == nil {
		return []*held{p.own}
	}
	return []*held{p.own, p.other}
}

// Offer shows a draft to the partner: from now on it cannot be changed, only signed or taken back.
func (r *Agreements) Offer(ctx context.Context, actor auth.Actor, id ID) error {
	if !actor.May(auth.ProposeAgreement) {
		return notFound()
	}
	partner, err := r.partner(ctx, actor, id)
	if err != nil {
		return err
	}
	keys, err := r.publicKeys(ctx, actor.Org, partner)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		p, err := both(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		s := p.own.unsettled()
		if s == nil || s.state != isDraft {
			return settled()
		}
		d, err := accord.Parse([]byte(s.document))
		if err != nil {
			return err
		}
		if p.other == nil {
			us, err := orgIn(ctx, tx, actor.Org)
			if err != nil {
				return err
			}
			if p.other, err = found(ctx, tx, p.own.partner, id, us); err != nil {
				return err
			}
		}
		if number, before := next(p.other); d.Serial != number || d.Supersedes != before {
			return overlap()
		}
		if err := p.other.replaceable(d); err != nil {
			return err
		}
		if err := p.other.put(ctx, tx, d, serial{state: isOffered}); err != nil {
			return err
		}
		if err := p.own.setState(ctx, tx, s.number, isOffered, 0); err != nil {
			return err
		}
		for _, h := range p.each() {
			if err := pin(ctx, tx, h.org, keys); err != nil {
				return err
			}
			if err := h.tell(ctx, tx, notify.AgreementOffered); err != nil {
				return err
			}
		}
		return p.note(ctx, tx, WasOffer, s.number, actor, "offer")
	})
}

func settled() *fault.Error {
	return fault.New(fault.Stale, "This version waits for nothing any more.").WithHint("Load the page again and look at its history.")
}

func (r *Agreements) partner(ctx context.Context, actor auth.Actor, id ID) (org auth.OrgID, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		h, err := load(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		org = h.partner
		return nil
	})
	return org, err
}

func (h *held) setState(ctx context.Context, tx *db.Tx, number int, state string, signedAt int64) error {
	var at any
	if signedAt > 0 {
		at = signedAt
	}
	_, err := tx.Exec(ctx, `UPDATE partnership_agreement_serial SET state = $1, signed_at = $2
		WHERE org_id = $3 AND agreement_id = $4 AND serial = $5`, state, at, string(h.org), string(h.id), number)
	if s := h.serial(number); s != nil {
		s.state, s.signedAt = state, signedAt
	}
	return err
}

// note writes the change into both copies.
func (p pair) note(ctx context.Context, tx *db.Tx, k EventKind, number int, actor auth.Actor, act string) error {
	for _, h := range p.each() {
		if err := h.note(ctx, tx, k, number, actor, act); err != nil {
			return err
		}
	}
	return nil
}

// Sign signs the offered version with the key of the actor's organisation. hash is that of the document that the
// actor has read: when another stands there, nothing is signed. Whoever drafted a version does not sign it. When
// both parties have signed, the version is in force from its first day.
func (r *Agreements) Sign(ctx context.Context, actor auth.Actor, id ID, hash string) error {
	if !actor.May(auth.SignAgreement) {
		return notFound()
	}
	now, err := r.now(ctx)
	if err != nil {
		return err
	}
	key, err := r.vault.SigningKey(ctx, actor.Org, keyPurpose, now)
	if err != nil {
		return err
	}
	defer clear(key)
	return r.db.Write(ctx, func(tx *db.Tx) error {
		p, err := both(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		s, err := p.signable(actor, hash)
		if err != nil {
			return err
		}
		d, err := accord.Parse([]byte(s.document))
		if err != nil {
			return err
		}
		sig, err := accord.Sign(d, party(actor.Org), key)
		if err != nil {
			return fault.New(fault.Conflict, "This version was written for another version of the program and cannot be signed with this one.").
				WithHint("Make a new version of the agreement here, or use the program it was written with.").Wrap(err)
		}
		for _, h := range p.each() {
			if err := h.putSignature(ctx, tx, s.number, sig, actor); err != nil {
				return err
			}
		}
		if err := p.note(ctx, tx, Signed, s.number, actor, "sign"); err != nil {
			return err
		}
		return r.complete(ctx, tx, p, s.number)
	})
}

// signable returns the version that the actor may sign now.
func (p pair) signable(actor auth.Actor, hash string) (*serial, error) {
	s := p.own.unsettled()
	switch {
	case s == nil || s.state != isOffered || p.other == nil || p.own.ended || s.signedBy(party(actor.Org)):
		return nil, settled()
	case s.hash != hash:
		return nil, fault.New(fault.Stale, "This is not the version that you have read.").
			WithHint("Load the page again, read it, then sign.")
	case s.draftedBy == actor.Account:
		return nil, fault.New(fault.Denied, "Whoever drafted an agreement does not sign it.").
			WithHint("Ask somebody else of your organisation who may sign.")
	}
	if theirs := p.other.serial(s.number); theirs == nil || theirs.document != s.document {
		return nil, overlap()
	}
	return s, nil
}

func (h *held) putSignature(ctx context.Context, tx *db.Tx, number int, sig accord.Signature, actor auth.Actor) error {
	var account any
	if h.org == actor.Org {
		account = string(actor.Account)
	}
	_, err := tx.Exec(ctx, `INSERT INTO partnership_agreement_signature (org_id, agreement_id, serial, party, signature, account, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, string(h.org), string(h.id), number, sig.Party, hex.EncodeToString(sig.Bytes), account, tx.NowMicros())
	s := h.serial(number)
	s.signatures = append(s.signatures, sig)
	return err
}

// complete puts a version in force in both copies once every party has signed, after each copy has verified it
// with the keys it knows.
func (r *Agreements) complete(ctx context.Context, tx *db.Tx, p pair, number int) error {
	if len(p.own.serial(number).signatures) < 2 {
		return nil
	}
	for _, h := range p.each() {
		if err := h.setState(ctx, tx, number, isSigned, tx.NowMicros()); err != nil {
			return err
		}
		if _, err := r.book(h); err != nil {
			return fault.New(fault.Conflict, "The signatures do not make an agreement, so nothing was put in force.").
				WithHint("Take this version back and make it anew.").Wrap(err)
		}
		if err := h.tell(ctx, tx, notify.AgreementSigned); err != nil {
			return err
		}
	}
	return nil
}

// Decline takes back or turns down a version that not all have signed, on both sides.
func (r *Agreements) Decline(ctx context.Context, actor auth.Actor, id ID) error {
	return r.settle(ctx, actor, id, mayPropose, func(tx *db.Tx, p pair) error {
		s := p.own.unsettled()
		if s == nil {
			return settled()
		}
		list := p.each()
		if s.state == isDraft {
			list = list[:1]
		}
		for _, h := range list {
			if err := h.setState(ctx, tx, s.number, isDeclined, 0); err != nil {
				return err
			}
			if err := h.note(ctx, tx, WasDenied, s.number, actor, "decline"); err != nil {
				return err
			}
		}
		return nil
	})
}

func mayPropose(a auth.Actor) bool { return a.May(auth.ProposeAgreement) || a.May(auth.SignAgreement) }

func maySign(a auth.Actor) bool { return a.May(auth.SignAgreement) }

// settle is the frame of a change to both copies.
func (r *Agreements) settle(ctx context.Context, actor auth.Actor, id ID, may func(auth.Actor) bool, change func(*db.Tx, pair) error) error {
	if !may(actor) {
		return notFound()
	}
	return r.db.Write(ctx, func(tx *db.Tx) error {
		p, err := both(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		return change(tx, p)
	})
}

// Suspend stops everything under an agreement at once. Either party can, and whoever may propose can: a brake must
// not wait for a second person.
func (r *Agreements) Suspend(ctx context.Context, actor auth.Actor, id ID) error {
	return r.settle(ctx, actor, id, mayPropose, func(tx *db.Tx, p pair) error {
		if p.own.suspended || p.own.ended || p.own.lastSigned() == nil {
			return settled()
		}
		return p.mark(ctx, tx, actor, Stopped, "suspend", tx.NowMicros(), "suspended_at", "partner_suspended_at")
	})
}

// Resume lifts the actor's own suspension. That of the partner stays.
func (r *Agreements) Resume(ctx context.Context, actor auth.Actor, id ID) error {
	return r.settle(ctx, actor, id, maySign, func(tx *db.Tx, p pair) error {
		if !p.own.suspended || p.own.ended {
			return settled()
		}
		return p.mark(ctx, tx, actor, Resumed, "resume", nil, "suspended_at", "partner_suspended_at")
	})
}

// End ends an agreement for good, on both sides.
func (r *Agreements) End(ctx context.Context, actor auth.Actor, id ID) error {
	return r.settle(ctx, actor, id, maySign, func(tx *db.Tx, p pair) error {
		if p.own.ended || p.own.lastSigned() == nil {
			return settled()
		}
		return p.mark(ctx, tx, actor, Finished, "end", tx.NowMicros(), "ended_at", "ended_at")
	})
}

// mark sets one column in the own copy and one in the partner's, notes it, and tells whom it concerns.
func (p pair) mark(ctx context.Context, tx *db.Tx, actor auth.Actor, k EventKind, act string, at any, own, other string) error {
	columns := map[*held]string{p.own: own, p.other: other}
	for _, h := range p.each() {
		_, err := tx.Exec(ctx, "UPDATE partnership_agreement SET "+columns[h]+" = $1 WHERE org_id = $2 AND id = $3", at, string(h.org), string(h.id))
		if err != nil {
			return err
		}
		if k == Resumed {
			continue
		}
		if err := h.tell(ctx, tx, notify.AgreementEnded); err != nil {
			return err
		}
	}
	return p.note(ctx, tx, k, p.own.lastSigned().number, actor, act+" "+strconv.Itoa(p.own.lastSigned().number))
}
