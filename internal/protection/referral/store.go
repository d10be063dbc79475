package referral

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Purpose is why the package opens a file by itself.
const Purpose vault.Purpose = "referral"

// partnerAccount is how an organisation's record names what another organisation did.
const partnerAccount auth.AccountID = "partner"

// Agreements answers what signed agreements let through. Package app provides it.
type Agreements interface {
	// MaySend decides, in tx, by every agreement in force between two organisations.
	MaySend(ctx context.Context, tx *db.Tx, s Question) ([]Permit, error)
	// Receivers returns, in tx, to whom an organisation may send anything at all.
	Receivers(ctx context.Context, tx *db.Tx, from auth.OrgID) ([]auth.Org, error)
}

// Question asks what one organisation may send to another.
type Question struct {
	From, To      auth.OrgID
	Only, Purpose string // agreement, "" for any; purpose
	Roles         []auth.Role
	Fields        []string
	Marks         accord.Row
	Grounds       []accord.Authority
}

// Permit is what one agreement says, in the order of the fields that were asked about.
type Permit struct {
	Agreement string
	Fields    []PermitField
}

// PermitField is the answer about one field.
type PermitField struct {
	Allowed bool
	Roles   []auth.Role
	Reasons []accord.Reason
}

// marks are the markings of what leaves with a referral: for the receiving organisation alone, from somebody who is
// usually right, about what they know themselves.
var marks = accord.Row{Subject: "survivor", TLP: "amber", Handling: "H1", Source: "B", Information: 2}

// Referrals is the room. It is safe for concurrent use.
type Referrals struct {
	db         *db.DB
	vault      *vault.Vault
	cases      *casefile.Cases
	consents   *consent.Consents
	agreements Agreements
	sources    Sources
}

// On returns the room on a database and its vault. It follows what is taken back and what is answered to it.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases, consents *consent.Consents, agreements Agreements, sources Sources) *Referrals {
	table.Guard(v)
	v.OnKeep(vault.Procedure{Code: "referral", Goes: underway})
	r := &Referrals{d, v, cases, consents, agreements, sources}
	consents.OnStop(r.stopped)
	consents.OnAnswer(r.answered)
	return r
}

// underway reports whether something was sent, or taken in, of which nobody has said what came of it.
func underway(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) (bool, error) {
	rows, err := table.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND sending IN ('sent', 'released')", string(org), string(person))
	return slices.ContainsFunc(rows, func(one row) bool { return !endOf(one).Over(tx.Now()) }), err
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

func stale() *fault.Error {
	return fault.New(fault.Stale, "Something has changed since you looked.").WithHint("Look at it again, then decide.")
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// acceptors are the roles that can open a case, so that they can accept.
func acceptors() (roles []auth.Role) {
	for _, r := range auth.Roles() {
		if mayAccept(auth.Actor{Org: "x", Account: "x", Roles: []auth.Role{r}}) {
			roles = append(roles, r)
		}
	}
	return roles
}

func mayAccept(a auth.Actor) bool {
	return a.May(auth.AnswerReferrals) && a.May(auth.WorkCases) && a.May(auth.EnrolRecords)
}

// of loads a row of a case for whoever may read, or lock, the case.
func of(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, id string) (row, error) {
	one, err := table.Get(ctx, tx, actor.Org, id)
	if err == nil && one.Case != c.Row.ID {
		err = missing()
	}
	return one, err
}

// errAgain ends a transaction in which nothing was left to be done.
var errAgain = errors.New("referral: done before")

// write runs fn on a locked case and one of its rows. What was done before is no error and changes nothing.
func (r *Referrals) write(ctx context.Context, actor auth.Actor, case_, id string, fn func(tx *db.Tx, c casefile.Case, one row) error, options ...casefile.Option) error {
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, casefile.ID(case_), auth.WorkCases, options...)
		if err != nil {
			return err
		}
		one, err := of(ctx, tx, actor, c, id)
		if err != nil {
			return err
		}
		return fn(tx, c, one)
	})
	if errors.Is(err, errAgain) {
		return nil
	}
	return err
}

func act(actor auth.Actor, name string, one row) record.Act {
	c := one.Clear
	return record.Act{Actor: actor, Name: "referral." + name, Detail: map[string]string{
		"partner": string(c.Partner), "kind": string(c.Kind), "sending": string(c.Sending), "receiving": string(c.Receiving), "reason": c.Reason,
	}}
}

// save writes what became of a row.
func (r *Referrals) save(ctx context.Context, tx *db.Tx, actor auth.Actor, name string, one row, docs ...record.Doc) (row, error) {
	return table.Update(ctx, tx, r.vault, act(actor, name, one), one, docs...)
}

// late enters that something came too late, and changes nothing.
func (r *Referrals) late(ctx context.Context, tx *db.Tx, actor auth.Actor, what string, one row) error {
	a := act(actor, "late", one)
	a.Detail["late"] = what
	return record.Note(ctx, tx, r.vault, a, one.Key, table.Name)
}

// tell brings what a side did to the other one, and what that answers back. The sides are rows of one database: what is
// told has arrived when the transaction ends.
func (r *Referrals) tell(ctx context.Context, tx *db.Tx, mine row) (row, error) {
	there := auth.Actor{Org: mine.Clear.Partner, Account: partnerAccount}
	theirs, err := table.Get(ctx, tx, there.Org, mine.ID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return mine, nil // it was erased there
	}
	if err != nil || theirs.Clear.Partner != mine.Org {
		return mine, err
	}
	theirs, reply, err := r.hear(ctx, tx, there, theirs, endOf(mine).Tell(), mine.Clear.Reason)
	if err != nil {
		return mine, err
	}
	if !reply {
		return mine, nil
	}
	here := auth.Actor{Org: mine.Org, Account: partnerAccount}
	mine, _, err = r.hear(ctx, tx, here, mine, endOf(theirs).Tell(), theirs.Clear.Reason)
	return mine, err
}

// hear takes a message into a side's row. Reason is the code that came with it.
func (r *Referrals) hear(ctx context.Context, tx *db.Tx, there auth.Actor, one row, m Message, reason string) (row, bool, error) {
	was := endOf(one)
	next, v, reply := was.Hear(m, tx.Now())
	if v == Late {
		if err := r.late(ctx, tx, there, string(m.S)+"/"+string(m.R), one); err != nil {
			return one, reply, err
		}
	}
	if next.S == was.S && next.R == was.R {
		return one, reply, nil
	}
	next.put(&one)
	if reason != "" {
		one.Clear.Reason = reason
	}
	if next.R != was.R {
		one.Clear.AnsweredAt = tx.NowMicros()
	}
	one, err := r.save(ctx, tx, there, "hear", one)
	if err != nil {
		return one, reply, err
	}
	if was.Out && was.Owner && !next.Owner {
		err = r.cases.TransferredIn(ctx, tx, there, casefile.ID(one.Case), tx.Now().Format(time.DateOnly))
	}
	if err == nil && next.R != Received {
		err = r.news(ctx, tx, one)
	}
	return one, reply, err
}

// news tells whoever made a referral, or accepted it, that the other side did something.
func (r *Referrals) news(ctx context.Context, tx *db.Tx, one row) error {
	if one.Clear.Maker == "" {
		return nil
	}
	return notify.Post(ctx, tx, notify.Notice{Org: string(one.Org), To: string(one.Clear.Maker), Kind: notify.ReferralNews, About: "referral/" + one.ID})
}

func words[T ~string](list []T) string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = string(s)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}
