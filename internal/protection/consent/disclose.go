package consent

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// DisclosureID identifies a disclosure.
type DisclosureID string

// Leaving is what somebody is told: on the person's consent or on a legal basis, one of which is named.
type Leaving struct {
	Authority
	Kind      Kind // of the consent that is asked for; "" is Sharing
	Recipient string
	Classes   []string
	Purpose   string
	Agreement string // under which it leaves; "" for what is told by hand
	Share     string // identifier of what it leaves with, for the recall; "" makes it its own
	Content   []byte // what leaves, of which only a salted hash is kept; nil for what is only said
	Receipt   string // code of a receipt that is there at once
	Words     private.Text
	Name      private.Text // of the recipient
}

// Disclosure is a line of what has left.
type Disclosure struct {
	ID DisclosureID
	Leaving
	Case   string
	Hash   string
	At     int64 // microseconds
	Recall RecallState
}

var receiptForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// errLeaving is a mistake of the program.
var errLeaving = errors.New("consent: a disclosure without recipient, class, purpose, or with other than one authority")

// DiscloseIn keeps, in tx, that something leaves now. It refuses what neither consent nor legal basis carries: without the
// line in this ledger nothing may leave, and whoever sends does so in the same transaction. The caller has judged that
// the actor works on the case.
func (r *Consents) DiscloseIn(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, l Leaving) (DisclosureID, error) {
	if !l.Valid() || l.Recipient == "" || len(l.Classes) == 0 || l.Purpose == "" || l.Receipt != "" && !receiptForm.MatchString(l.Receipt) {
		return "", errLeaving
	}
	know, err := r.load(ctx, tx, actor.Org, k.Person)
	if err != nil {
		return "", err
	}
	if l.Kind == "" {
		l.Kind = Sharing
	}
	for _, class := range l.Classes {
		q := Request{Person: k.Person, Kind: l.Kind, Recipient: l.Recipient, Class: class, Purpose: l.Purpose, Rule: know.rule}
		if !know.carries(l.Authority, q, tx.Now().UnixMicro()) {
			return "", fault.New(fault.Denied, "Nothing the person agreed to, and no basis of law, covers this.").
				WithHint("Look at the agreement with the person: it says what is missing.")
		}
	}
	row := record.Row[left]{Key: k, Clear: left{
		Recipient: l.Recipient, Classes: codes(l.Classes), Purpose: l.Purpose, Consent: l.Consent, Basis: l.LegalBasis,
		Agreement: l.Agreement, Share: l.Share, LeftAt: tx.NowMicros(), Receipt: l.Receipt,
	}}
	row.ID = db.NewID()
	if row.Clear.Share == "" {
		row.Clear.Share = row.ID
	}
	if l.Receipt != "" {
		row.Clear.ReceiptAt = tx.NowMicros()
	}
	if l.Content != nil {
		row.Clear.Hash = salted(l.Content)
	}
	act := record.Act{Actor: actor, Name: "disclose", Kind: audit.Disclosure, Detail: map[string]string{
		"to": l.Recipient, "classes": row.Clear.Classes, "purpose": l.Purpose, "consent": string(l.Consent), "basis": string(l.LegalBasis),
		"agreement": l.Agreement, "share": row.Clear.Share, "hash": row.Clear.Hash,
	}}
	var docs []record.Doc
	if !l.Words.IsZero() || !l.Name.IsZero() {
		docs = append(docs, record.Doc{Class: vault.Sensitive, Value: how{l.Words, l.Name}})
	}
	if row, err = disclosures.Insert(ctx, tx, r.vault, act, row, docs...); err != nil || l.LegalBasis == "" {
		return DisclosureID(row.ID), err
	}
	basis, err := grounds.Get(ctx, tx, actor.Org, string(l.LegalBasis))
	if err == nil && basis.Clear.Ground == Duty && basis.Clear.UntilAt == 0 {
		_, err = r.toldOf(ctx, tx, actor, basis, "duty.told")
	}
	return DisclosureID(row.ID), err
}

// carries reports whether the one authority that is named carries a request.
func (know facts) carries(a Authority, q Request, now int64) bool {
	at := instant(now)
	if a.Consent != "" {
		i := slices.IndexFunc(know.all, func(c Consent) bool { return c.ID == a.Consent })
		if i < 0 {
			return false
		}
		_, why := judge(know.all, know.all[i], q, at)
		return len(why) == 0
	}
	i := slices.IndexFunc(know.bases, func(b Basis) bool { return b.ID == a.LegalBasis })
	return i >= 0 && len(know.bases[i].Carries(q, at)) == 0
}

// salted is a commitment to what left: it shows nothing of content that could be guessed.
func salted(content []byte) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: it ends the program instead
	sum := sha256.Sum256(append(salt, content...))
	return hex.EncodeToString(salt) + hex.EncodeToString(sum[:])
}

// MatchesHash reports whether a content is what a disclosure has committed to.
func MatchesHash(hash string, content []byte) bool {
	if len(hash) != 96 {
		return false
	}
	salt, err := hex.DecodeString(hash[:32])
	if err != nil {
		return false
	}
	sum := sha256.Sum256(append(salt, content...))
	return hex.EncodeToString(sum[:]) == hash[32:]
}

// AuthorityFor returns, in tx, the consent or else the legal basis that carries a request now, and whether there is one. A
// consent comes first: what the person agreed to needs no basis of law.
func (r *Consents) AuthorityFor(ctx context.Context, tx *db.Tx, org auth.OrgID, q Request) (a Authority, d Decision, err error) {
	know, err := r.load(ctx, tx, org, q.Person)
	if err != nil {
		return Authority{}, Decision{}, err
	}
	q.Rule = know.rule
	if d = Permits(know.all, q, tx.Now()); d.Allowed {
		return Authority{Consent: d.Consent}, d, nil
	}
	for _, b := range know.bases {
		if len(b.Carries(q, tx.Now())) == 0 {
			return Authority{LegalBasis: b.ID}, d, nil
		}
	}
	return Authority{}, d, nil
}

// LeftIn keeps, in tx, what an agreement lets leave, on whichever consent or legal basis carries it. What rests on neither of
// ours, because the authority was written elsewhere, has no line here: known is false.
func (r *Consents) LeftIn(ctx context.Context, tx *db.Tx, actor auth.Actor, person vault.PersonID, l Leaving) (id DisclosureID, known bool, err error) {
	if len(l.Classes) != 1 {
		return "", false, errLeaving
	}
	q := Request{Person: person, Kind: Sharing, Recipient: l.Recipient, Class: l.Classes[0], Purpose: l.Purpose}
	if l.Authority, _, err = r.AuthorityFor(ctx, tx, actor.Org, q); err != nil || !l.Valid() {
		return "", false, err
	}
	of, err := caseOf(ctx, tx, actor.Org, l.Authority)
	if err != nil {
		return "", false, err
	}
	id, err = r.DiscloseIn(ctx, tx, actor, key(actor.Org, of, person), l)
	return id, err == nil, err
}

// caseOf is the case in which an authority was written down.
func caseOf(ctx context.Context, tx *db.Tx, org auth.OrgID, a Authority) (string, error) {
	if a.Consent != "" {
		row, err := sheets.Get(ctx, tx, org, string(a.Consent))
		return row.Case, err
	}
	row, err := grounds.Get(ctx, tx, org, string(a.LegalBasis))
	return row.Case, err
}

// ReceiptIn keeps, in tx, that the recipient has confirmed what it has.
func (r *Consents) ReceiptIn(ctx context.Context, tx *db.Tx, actor auth.Actor, id DisclosureID, receipt string) error {
	if !receiptForm.MatchString(receipt) {
		return errLeaving
	}
	row, err := disclosures.Get(ctx, tx, actor.Org, string(id))
	if err != nil || row.Clear.Receipt != "" {
		return err
	}
	row.Clear.Receipt, row.Clear.ReceiptAt = receipt, tx.NowMicros()
	_, err = disclosures.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "disclosure.receipt", Detail: map[string]string{"receipt": receipt}}, row)
	return err
}
