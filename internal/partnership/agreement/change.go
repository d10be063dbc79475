package agreement

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// partnerActor stands in an organisation's record for somebody of the other party.
const partnerActor = "partner"

// keyPurpose is for what the organisations' keys sign here.
const keyPurpose = "agreement"

// Number writes the number of an organisation as people tell it to each other, in groups of four.
func Number(org auth.OrgID) string {
	var groups []string
	for s := string(org); s != ""; s = s[min(4, len(s)):] {
		groups = append(groups, s[:min(4, len(s))])
	}
	return strings.Join(groups, " ")
}

// ParseNumber reads what somebody typed or pasted as the number of an organisation.
func ParseNumber(typed string) auth.OrgID {
	return auth.OrgID(strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' || c == '\u00a0' || c == '\t' {
			return -1
		}
		return c
	}, strings.ToUpper(typed)))
}

// orgIn reads an organisation of this node.
func orgIn(ctx context.Context, tx *db.Tx, id auth.OrgID) (o auth.Org, err error) {
	o.ID = id
	return o, tx.QueryRow(ctx, "SELECT name FROM org WHERE id = $1", string(id)).Scan(&o.Name)
}

// Preview makes the document of terms without keeping it, so that it can be read as sentences.
func (r *Agreements) Preview(ctx context.Context, actor auth.Actor, t Terms) (d accord.Document, err error) {
	if !actor.May(auth.ProposeAgreement) {
		return d, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		us, them, err := parties(ctx, tx, actor.Org, t.Partner)
		if err != nil {
			return err
		}
		d, err = t.Document(us, them, "preview", 1, "", tx.Now().UTC().Format(time.DateOnly))
		return err
	})
	return d, err
}

// parties reads both organisations. An unknown number is a field to mend: whoever knows a number of 130 random
// bits was told it.
func parties(ctx context.Context, tx *db.Tx, us, them auth.OrgID) (a, b auth.Org, err error) {
	if a, err = orgIn(ctx, tx, us); err != nil {
		return a, b, err
	}
	if them == "" {
		return a, b, nil // Document asks for it together with the rest
	}
	b, err = orgIn(ctx, tx, them)
	if err != nil || us == them {
		return a, b, fault.New(fault.Invalid, "The agreement is not complete.").
			WithField("partner", "This is not the number of another organisation. Ask them to read it to you from their page of agreements.")
	}
	return a, b, nil
}

// Draft writes an agreement, or with of a new version of one, and keeps it here. The partner sees nothing until
// it is offered. A draft that stands already is replaced; while a version is offered no other can be drafted.
func (r *Agreements) Draft(ctx context.Context, actor auth.Actor, t Terms, of ID) (id ID, err error) {
	if !actor.May(auth.ProposeAgreement) {
		return "", notFound()
	}
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		id = of
		var h *held
		if of == "" {
			id = ID(strings.ToLower(db.NewID()))
		} else if h, err = load(ctx, tx, actor.Org, of); err != nil {
			return err
		} else {
			t.Partner = h.partner
		}
		us, them, err := parties(ctx, tx, actor.Org, t.Partner)
		if err != nil {
			return err
		}
		number, before := next(h)
		d, err := t.Document(us, them, id, number, before, tx.Now().UTC().Format(time.DateOnly))
		if err != nil {
			return err
		}
		return r.keepDraft(ctx, tx, actor, h, d)
	})
	return id, err
}

// next is the number of the next version, and the hash of the one before.
func next(h *held) (number int, before string) {
	if h == nil {
		return 1, ""
	}
	if s := h.lastSigned(); s != nil {
		return s.number + 1, s.hash
	}
	return 1, ""
}

// DraftDocument keeps a document that was written elsewhere, in canonical form, as a draft. It is refused when
// it has a fault, when this organisation is not its party, and when it does not follow the version held here.
func (r *Agreements) DraftDocument(ctx context.Context, actor auth.Actor, canonical []byte) (ID, error) {
	if !actor.May(auth.ProposeAgreement) {
		return "", notFound()
	}
	d, err := accord.Parse(canonical)
	if err != nil {
		return "", fault.New(fault.Invalid, "This file is no agreement that can be signed here: %s", strings.TrimPrefix(err.Error(), "accord: ")).
			WithHint("Nothing was kept. Ask whoever sent it for the file as it was exported.").Wrap(err)
	}
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		h, err := load(ctx, tx, actor.Org, ID(d.ID))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		number, before := next(h)
		if d.Serial != number || d.Supersedes != before {
			return overlap().Wrap(errors.New("version " + strconv.Itoa(d.Serial) + " does not follow"))
		}
		return r.keepDraft(ctx, tx, actor, h, d)
	})
	return ID(d.ID), err
}

// overlap refuses a version that does not follow the one held here.
func overlap() *fault.Error {
	return fault.New(fault.Conflict, "This version overlaps with one that is held here.").
		WithHint("A new version names the one before it and begins no earlier. Make it anew from the version that is in force.")
}

// partnerOf finds the other party of a document among the organisations of the node.
func partnerOf(ctx context.Context, tx *db.Tx, us auth.OrgID, d accord.Document) (auth.Org, error) {
	outside := fault.New(fault.Invalid, "This agreement is not between your organisation and one other of this node.")
	if len(d.Parties) != 2 || (d.Parties[0].ID != party(us) && d.Parties[1].ID != party(us)) {
		return auth.Org{}, outside
	}
	other := d.Parties[0].ID
	if other == party(us) {
		other = d.Parties[1].ID
	}
	o, err := orgIn(ctx, tx, auth.OrgID(strings.ToUpper(other)))
	if err != nil {
		return auth.Org{}, outside.Wrap(err)
	}
	return o, nil
}

func (r *Agreements) keepDraft(ctx context.Context, tx *db.Tx, actor auth.Actor, h *held, d accord.Document) error {
	them, err := partnerOf(ctx, tx, actor.Org, d)
	if err != nil {
		return err
	}
	if h == nil {
		h, err = found(ctx, tx, actor.Org, ID(d.ID), them)
	} else {
		err = h.replaceable(d)
	}
	if err != nil {
		return err
	}
	if err := h.bump(ctx, tx); err != nil {
		return err
	}
	if err := h.put(ctx, tx, d, serial{state: isDraft, ours: true, draftedBy: actor.Account}); err != nil {
		return err
	}
	return h.note(ctx, tx, Drafted, d.Serial, actor, "draft")
}

// found makes an empty copy for a party.
func found(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID, them auth.Org) (*held, error) {
	_, err := tx.Exec(ctx, `INSERT INTO partnership_agreement (org_id, id, version, partner_org, partner_name, created_at)
		VALUES ($1, $2, 1, $3, $4, $5)`, string(org), string(id), string(them.ID), them.Name, tx.NowMicros())
	return &held{org: org, id: id, version: 1, partner: them.ID, partnerName: them.Name}, err
}

// replaceable refuses a new version beside one that is offered, after the end, and one that would begin before the
// version it supersedes.
func (h *held) replaceable(d accord.Document) error {
	if h.ended {
		return fault.New(fault.Conflict, "This agreement has ended.").WithHint("Begin a new one.")
	}
	if s := h.unsettled(); s != nil && s.state == isOffered {
		return fault.New(fault.Conflict, "A version of this agreement is already offered.").
			WithHint("Sign it, or take it back before you write another.")
	}
	if s := h.lastSigned(); s != nil {
		last, err := accord.Parse([]byte(s.document))
		if err != nil {
			return err
		}
		if d.ValidFrom < last.ValidFrom {
			return overlap()
		}
	}
	return nil
}

func (h *held) bump(ctx context.Context, tx *db.Tx) error {
	err := tx.Bump(ctx, "partnership_agreement", string(h.org), string(h.id), h.version)
	h.version++
	return err
}

// put writes a version over a draft or a declined one of the same number.
func (h *held) put(ctx context.Context, tx *db.Tx, d accord.Document, s serial) error {
	canonical, err := d.Canonical()
	if err != nil {
		return err
	}
	hash, err := d.Hash()
	if err != nil {
		return err
	}
	for _, table := range []string{"partnership_agreement_signature", "partnership_agreement_serial"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1 AND agreement_id = $2 AND serial = $3",
			string(h.org), string(h.id), d.Serial); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO partnership_agreement_serial
		(org_id, agreement_id, serial, document, hash, state, ours, drafted_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(h.org), string(h.id), d.Serial, string(canonical), hash, s.state, s.ours, nullable(string(s.draftedBy)), tx.NowMicros())
	return err
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// note writes the event and the ledger entry of a change to one party's copy.
func (h *held) note(ctx context.Context, tx *db.Tx, k EventKind, number int, actor auth.Actor, act string) error {
	if err := h.event(ctx, tx, k, number, actor); err != nil {
		return err
	}
	detail := map[string]string{"act": act, "serial": strconv.Itoa(number), "partner": string(h.partner)}
	if s := h.serial(number); s != nil {
		detail["hash"] = s.hash
	}
	return audit.Append(ctx, tx, entry(h.org, h.nameOf(actor), audit.Agreement, string(h.id), detail))
}

// nameOf is how a party's record names who acted: its own people by their account, the partner's as the partner.
func (h *held) nameOf(actor auth.Actor) string {
	if actor.Org == h.org {
		return string(actor.Account)
	}
	return partnerActor
}

// event writes one line of the history that people read.
func (h *held) event(ctx context.Context, tx *db.Tx, k EventKind, number int, actor auth.Actor) error {
	_, err := tx.Exec(ctx, `INSERT INTO partnership_agreement_event (org_id, id, agreement_id, at, kind, serial, ours, account)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(h.org), db.NewID(), string(h.id), tx.NowMicros(), string(k), number, actor.Org == h.org, h.nameOf(actor))
	return err
}

// tell leaves a notice with everybody of a party who may sign.
func (h *held) tell(ctx context.Context, tx *db.Tx, k notify.Kind) error {
	signers, err := auth.Holders(ctx, tx, h.org, auth.SignAgreement)
	if err != nil {
		return err
	}
	for _, to := range signers {
		if err := notify.Post(ctx, tx, notify.Notice{Org: string(h.org), To: string(to), Kind: k, About: string(h.id)}); err != nil {
			return err
		}
	}
	return nil
}

// now is the time of the node, for what happens before a transaction.
func (r *Agreements) now(ctx context.Context) (now time.Time, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error { now = tx.Now(); return nil })
	return now, err
}

// publicKeys returns the keys of both parties, which the vault of this node holds. It is asked before a
// transaction begins.
func (r *Agreements) publicKeys(ctx context.Context, orgs ...auth.OrgID) (map[string]ed25519.PublicKey, error) {
	keys := map[string]ed25519.PublicKey{}
	now, err := r.now(ctx)
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		k, err := r.vault.SigningKey(ctx, org, keyPurpose, now)
		if err != nil {
			return nil, err
		}
		keys[party(org)] = slices.Clone(k.Public().(ed25519.PublicKey))
		clear(k)
	}
	return keys, nil
}
