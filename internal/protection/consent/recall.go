package consent

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// RecallID identifies a recall, the same on both sides.
type RecallID string

// RecallState is what has become of asking for something back.
type RecallState string

// The states of a recall. The answers of the other side are those after Asked.
const (
	NoRecall    RecallState = ""
	Asked       RecallState = "asked"
	Honoured    RecallState = "honoured"     // destroyed there
	PartlyGiven RecallState = "partly"       // part of it stays
	KeptThere   RecallState = "kept"         // refused, on a ground of law
	NotAnswered RecallState = "not-answered" // given up
)

// Because is why something is recalled.
type Because string

// The reasons for a recall.
const (
	TakenBack Because = "withdrawn"
	SaidNo    Because = "refused"
	Narrowed  Because = "narrowed"   // another sheet took the place of the one it left under
	FoundBad  Because = "found-bad"  // it turned out that the consent was none
	NotNeeded Because = "not-needed" // whoever sent it has taken it back
)

// Recall is one request to give something back: ours to a partner, or a partner's to us. What comes from a partner names
// the share and nothing of the person.
type Recall struct {
	ID         RecallID
	Out        bool
	Partner    string // code of the other side
	Share      string
	Disclosure DisclosureID // of ours
	Case       string       // of ours
	Because    Because
	Made, Sent time.Time // Sent is zero until the other side was told
	Answer     RecallState
	Why        string // one of [RecallReasons], with a kept or partly given one
	Answered   time.Time
}

// Stop is a share that has lost its ground. Whoever carries it ends it in the same transaction, and may answer the recall for
// a recipient who has nothing of it: both sides have the recall when they are told.
type Stop struct {
	Recall           RecallID
	Disclosure       DisclosureID
	Share, Recipient string
	Because          Because
}

// StopFunc ends shares in tx. An error undoes everything, also the taking back: it fails only when the database does.
type StopFunc func(ctx context.Context, tx *db.Tx, actor auth.Actor, s Stop) error

// AnswerFunc does, in tx, what a recipient on this node has answered to a recall.
type AnswerFunc func(ctx context.Context, tx *db.Tx, actor auth.Actor, one Recall, a RecallAnswer) error

// OnAnswer adds what an answer to a recall does with what was received. Rooms call it while the node is put together.
func (r *Consents) OnAnswer(f AnswerFunc) { r.answers = append(r.answers, f) }

// OnStop adds what else ends when a share loses its ground. Rooms call it while the node is put together.
func (r *Consents) OnStop(f StopFunc) { r.stops = append(r.stops, f) }

// recallUngrounded looks at everything of a person that has left on consent and was not recalled, and recalls what has no
// consent any more: whichever sheet changed, and however.
func (r *Consents) recallUngrounded(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, because Because) (made []RecallID, err error) {
	know, err := r.load(ctx, tx, actor.Org, k.Person)
	if err != nil {
		return nil, err
	}
	rows, err := disclosures.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND consent_id <> '' AND recall = '' ORDER BY id",
		string(actor.Org), string(k.Person))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if grounded(know, row, tx.Now()) {
			continue
		}
		id, err := r.recall(ctx, tx, actor, row, because)
		if err != nil {
			return nil, err
		}
		made = append(made, id)
	}
	return made, nil
}

// grounded reports whether what has left could leave today. That a consent has run out recalls nothing: it was
// good for what was done while it lasted.
func grounded(know facts, row record.Row[left], now time.Time) bool {
	i := slices.IndexFunc(know.all, func(c Consent) bool { return c.ID == row.Clear.Consent })
	if i < 0 {
		return false
	}
	kind := know.all[i].Kind
	for class := range strings.FieldsSeq(row.Clear.Classes) {
		q := Request{Person: row.Person, Kind: kind, Recipient: row.Clear.Recipient, Class: class, Purpose: row.Clear.Purpose, Rule: know.rule}
		if Permits(know.all, q, now).Allowed {
			continue
		}
		if _, why := judge(know.all, know.all[i], q, now); !slices.Equal(why, []Reason{ReasonExpired}) {
			return false
		}
	}
	return true
}

// recall asks for one disclosure back: it stops here, a partner on this node is told at once, and for others the row
// waits to be sent.
func (r *Consents) recall(ctx context.Context, tx *db.Tx, actor auth.Actor, row record.Row[left], because Because) (RecallID, error) {
	one := Recall{
		ID: RecallID(db.NewID()), Out: true, Partner: row.Clear.Recipient, Share: row.Clear.Share, Disclosure: DisclosureID(row.ID),
		Case: row.Case, Because: because, Made: tx.Now(),
	}
	row.Clear.Recall = Asked
	act := record.Act{Actor: actor, Name: "recall.ask", Kind: audit.Recall, Detail: map[string]string{
		"recall": string(one.ID), "to": one.Partner, "because": string(because),
	}}
	if _, err := disclosures.Update(ctx, tx, r.vault, act, row); err != nil {
		return "", err
	}
	told, err := tell(ctx, tx, actor.Org, one)
	if err != nil {
		return "", err
	}
	if told {
		one.Sent = tx.Now()
	}
	if err := insertRecall(ctx, tx, actor.Org, one, string(row.Person)); err != nil {
		return "", err
	}
	for _, stop := range r.stops {
		if err := stop(ctx, tx, actor, Stop{one.ID, one.Disclosure, one.Share, one.Partner, because}); err != nil {
			return "", err
		}
	}
	return one.ID, nil
}

// RecallIn asks back, in tx, everything of a person that left with a share and was not recalled: whoever sent it takes it back.
// The caller has judged that the actor works on the case.
func (r *Consents) RecallIn(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, share string) (made int, err error) {
	rows, err := disclosures.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND share = $3 AND recall = '' ORDER BY id",
		string(actor.Org), string(k.Person), share)
	for _, row := range rows {
		if err == nil {
			_, err = r.recall(ctx, tx, actor, row, NotNeeded)
		}
	}
	return len(rows), err
}

// AskBackIn asks an organisation of this node, in tx, for a share of a person who is erased here: nothing is left here to which
// its answer could belong.
func AskBackIn(ctx context.Context, tx *db.Tx, from, to auth.OrgID, share string) error {
	_, err := tell(ctx, tx, from, Recall{ID: RecallID(db.NewID()), Partner: Party(to), Share: share, Because: NotNeeded, Made: tx.Now()})
	return err
}

// tell leaves the recall with the recipient, when it is an organisation of this node.
func tell(ctx context.Context, tx *db.Tx, from auth.OrgID, one Recall) (told bool, err error) {
	to := auth.OrgID(strings.ToUpper(one.Partner))
	if !partyForm.MatchString(one.Partner) {
		return false, nil
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM org WHERE id = $1", string(to)).Scan(&n); err != nil || n == 0 {
		return false, err
	}
	theirs := Recall{ID: one.ID, Partner: Party(from), Share: one.Share, Because: one.Because, Made: one.Made, Sent: one.Made}
	if err := insertRecall(ctx, tx, to, theirs, ""); err != nil {
		return false, err
	}
	if _, err := auth.TellHolders(ctx, tx, to, notify.RecallAsked, string(one.ID), time.Time{}, auth.AskPartners); err != nil {
		return false, err
	}
	err = audit.Append(ctx, tx, audit.Entry{
		Org: string(to), Actor: partnerActor, Kind: audit.Recall, Subject: string(one.ID),
		Detail: map[string]string{"act": "recall.receive", "from": Party(from), "share": one.Share, "because": string(one.Because)},
	})
	return true, err
}

// partnerActor is how an organisation's record names what another organisation did.
const partnerActor = "partner"

// Party is the code of an organisation in agreements and consents.
func Party(org auth.OrgID) string { return strings.ToLower(string(org)) }

func insertRecall(ctx context.Context, tx *db.Tx, org auth.OrgID, one Recall, person string) error {
	direction := "in"
	if one.Out {
		direction = "out"
	}
	_, err := tx.Exec(ctx, `INSERT INTO protection_recall (org_id, id, version, direction, partner, share, disclosure_id, case_id, person_id,
		because, made_at, sent_at, answer, answer_why, answered_at, answered_by) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 0, '')`,
		string(org), string(one.ID), direction, one.Partner, one.Share, string(one.Disclosure), one.Case, person, string(one.Because),
		micros(one.Made), micros(one.Sent))
	return err
}

// Recalls returns the recalls of an organisation that wait: those we asked for and have no answer to, or those that are
// asked of us. Share narrows them to one; "" is all.
func (r *Consents) Recalls(ctx context.Context, tx *db.Tx, org auth.OrgID, out bool, share string) ([]Recall, error) {
	direction := "in"
	if out {
		direction = "out"
	}
	rows, err := tx.Query(ctx, recallColumns+`WHERE org_id = $1 AND direction = $2 AND answer = '' AND ($3 = '' OR share = $3) ORDER BY made_at, id`,
		string(org), direction, share)
	return db.Collect(rows, err, scanRecall)
}

const recallColumns = `SELECT id, direction, partner, share, disclosure_id, case_id, because, made_at, sent_at, answer, answer_why, answered_at
	FROM protection_recall `

func scanRecall(r *sql.Rows) (one Recall, err error) {
	var (
		direction            string
		made, sent, answered int64
	)
	err = r.Scan(&one.ID, &direction, &one.Partner, &one.Share, &one.Disclosure, &one.Case, &one.Because, &made, &sent, &one.Answer, &one.Why, &answered)
	one.Out, one.Made, one.Sent, one.Answered = direction == "out", instant(made), instant(sent), instant(answered)
	return one, err
}
