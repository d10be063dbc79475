package referral

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// parcel is what leaves with a release.
type parcel struct {
	one   row // of the sender
	v     verdict
	blind Blind
	later Later
	child bool // is one, or may be
}

// Fetch has released who the person of an accepted referral is. What leaves is decided now, for the roles of whoever asks:
// the signed agreement, the purpose, and the consent or legal basis that holds at this moment. The receiving side keeps it
// under its own keys in a case of its own, whose identifier is returned; done twice, it returns the same case.
func (r *Referrals) Fetch(ctx context.Context, actor auth.Actor, id string) (case_ string, err error) {
	p, mine, err := r.pack(ctx, actor, id)
	if err != nil || mine.Case != "" {
		return mine.Case, err
	}
	var g record.Reading
	p.one.Want(&g, vault.Personal, &p.blind)
	var all Later
	p.one.Want(&g, vault.Sensitive, &all)
	if err := g.Disclose(ctx, r.vault, holder(p.one.Org), whyOf(p.one.Clear.Agreement)); err != nil {
		return "", err
	}
	fields := p.v.leaving()
	p.blind, p.later = p.blind.only(fields).young(p.child), Later{}
	for _, f := range fields {
		if text, ok := all[f]; ok {
			p.later[f] = text
		}
	}
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		case_, err = r.release(ctx, tx, actor, p)
		return err
	})
	return case_, err
}

// pack decides what may leave, before anything is opened.
func (r *Referrals) pack(ctx context.Context, actor auth.Actor, id string) (p parcel, mine row, err error) {
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		p = parcel{}
		if mine, err = r.waiting(ctx, tx, actor, id); err != nil || mine.Case != "" {
			return err
		}
		if p.one, err = table.Get(ctx, tx, mine.Clear.Partner, id); err != nil {
			return err
		}
		if p.one.Clear.Partner != actor.Org || p.one.Clear.Direction != out {
			return missing()
		}
		if _, done := endOf(p.one).Do(Release, tx.Now()); done != Done {
			return tooLate(nil, Late)
		}
		p.v, err = r.judge(ctx, tx, p.one, strings.Fields(p.one.Clear.Fields), actor.Roles)
		if err == nil {
			err = r.mayGo(ctx, tx, p.one, p.v)
		}
		if err == nil {
			p.child, err = person.MayBeChild(ctx, tx, p.one.Org, p.one.Person)
		}
		return err
	})
	return p, mine, err
}

// mayGo refuses a release when not even the need may be told any more. The receiver learns only that nothing left.
func (r *Referrals) mayGo(ctx context.Context, tx *db.Tx, one row, v verdict) error {
	err := r.stays(ctx, tx, one, v)
	if err == nil {
		err = usable(ctx, tx, one)
	}
	if err != nil && fault.KindOf(err) == fault.Denied {
		err = cannot()
	}
	return err
}

// release hands over in one transaction: the sender's disclosure, the receiver's case and copy, and both rows.
func (r *Referrals) release(ctx context.Context, tx *db.Tx, actor auth.Actor, p parcel) (string, error) {
	mine, err := r.waiting(ctx, tx, actor, p.one.ID)
	if err != nil || mine.Case != "" {
		return mine.Case, err
	}
	one, err := table.Get(ctx, tx, p.one.Org, p.one.ID)
	if err != nil {
		return "", err
	}
	e, done := endOf(one).Do(Release, tx.Now())
	if done != Done || one.Version != p.one.Version {
		return "", stale()
	}
	v, err := r.judge(ctx, tx, one, strings.Fields(one.Clear.Fields), actor.Roles)
	if err != nil {
		return "", err
	}
	child, err := person.MayBeChild(ctx, tx, one.Org, one.Person)
	if err != nil {
		return "", err
	}
	if v.seen(0) != p.v.seen(0) || child != p.child {
		return "", stale()
	}
	if err := r.mayGo(ctx, tx, one, v); err != nil {
		return "", err
	}
	there := holder(one.Org)
	if err := r.discloseLater(ctx, tx, there, one, v, p.later); err != nil {
		return "", err
	}
	e.put(&one)
	one.Clear.Fields, one.Clear.Released = words(v.leaving()), tx.NowMicros()
	if one, err = r.save(ctx, tx, there, "release", one); err != nil {
		return "", err
	}
	c, err := r.open(ctx, tx, actor, one, p)
	if err != nil {
		return "", err
	}
	return c.Row.ID, r.take(ctx, tx, actor, mine, one, c, p)
}

// discloseLater keeps what leaves now: a line for each consent or legal basis on which it does.
func (r *Referrals) discloseLater(ctx context.Context, tx *db.Tx, there auth.Actor, one row, v verdict, later Later) error {
	var order []consent.Authority
	classes := map[consent.Authority][]string{}
	for _, l := range v.lines {
		if l.Blind || !l.Leaves {
			continue
		}
		if classes[l.Authority] == nil {
			order = append(order, l.Authority)
		}
		if !slices.Contains(classes[l.Authority], l.class()) {
			classes[l.Authority] = append(classes[l.Authority], l.class())
		}
	}
	for _, a := range order {
		content := map[string]string{}
		for field, text := range later {
			if class, _, _ := strings.Cut(field, "."); slices.Contains(classes[a], class) {
				content[field] = text.Reveal("commit to what leaves")
			}
		}
		text, err := json.Marshal(content)
		if err != nil {
			return err
		}
		_, err = r.consents.DiscloseIn(ctx, tx, there, record.Key{Org: one.Org, Case: one.Case, Person: one.Person}, consent.Leaving{
			Authority: a, Recipient: consent.Party(one.Clear.Partner), Classes: classes[a], Purpose: one.Clear.Purpose,
			Agreement: one.Clear.Agreement, Share: one.ID, Content: text,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// open opens the receiver's case. Where the same person came from, or went to, this partner before, it follows that case,
// if whoever accepts may read it. It has no working name: the person's is in the copy, which may be asked back.
func (r *Referrals) open(ctx context.Context, tx *db.Tx, actor auth.Actor, one row, p parcel) (casefile.Case, error) {
	b := casefile.Begin{Reason: "referred-here", Origin: "referral"}
	if p.child || p.blind.Age != "" && !slices.Contains(grown, p.blind.Age) {
		b.Retention = "child-client"
	}
	before, err := r.before(ctx, tx, actor, one)
	if err != nil {
		return casefile.Case{}, err
	}
	b.Follows = before
	return r.cases.OpenIn(ctx, tx, actor, b)
}

// before finds the case that the receiver had of the same person with this partner.
func (r *Referrals) before(ctx context.Context, tx *db.Tx, actor auth.Actor, one row) (casefile.ID, error) {
	rows, err := tx.Query(ctx, `SELECT t.case_id FROM protection_referral s JOIN protection_referral t ON t.id = s.id AND t.org_id = $2
		WHERE s.org_id = $1 AND s.partner = $2 AND s.person_id = $3 AND s.id <> $4 AND s.released_at > 0 AND t.case_id <> ''
		ORDER BY s.released_at DESC, s.id`, string(one.Org), string(actor.Org), string(one.Person), one.ID)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (id casefile.ID, err error) { return id, r.Scan(&id) })
	if err != nil {
		return "", err
	}
	for _, id := range found {
		_, err := casefile.Load(ctx, tx, actor, id, auth.ReadCases)
		if err == nil || fault.KindOf(err) != fault.NotFound {
			return id, err
		}
	}
	return "", nil
}

// take writes the receiver's copy, under the key of the person of its new case.
func (r *Referrals) take(ctx context.Context, tx *db.Tx, actor auth.Actor, mine, one row, c casefile.Case, p parcel) error {
	_, err := tx.Exec(ctx, "UPDATE protection_referral SET case_id = $1, person_id = $2 WHERE org_id = $3 AND id = $4",
		c.Row.ID, string(c.Person), string(mine.Org), mine.ID)
	if err != nil {
		return err
	}
	if mine, err = table.Get(ctx, tx, mine.Org, mine.ID); err != nil {
		return err
	}
	e, _, _ := endOf(mine).Hear(endOf(one).Tell(), tx.Now())
	if !e.Holds {
		return stale()
	}
	e.put(&mine)
	mine.Clear.Released, mine.Clear.Fields, mine.Clear.Files = tx.NowMicros(), one.Clear.Fields, one.Clear.Files
	docs := []record.Doc{{Class: vault.Personal, Value: p.blind}}
	if len(p.later) > 0 {
		docs = append(docs, record.Doc{Class: vault.Sensitive, Value: p.later})
	}
	if mine, err = r.save(ctx, tx, actor, "take", mine, docs...); err != nil {
		return err
	}
	return r.news(ctx, tx, one)
}
