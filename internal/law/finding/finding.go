// Package finding holds what readers found in a law about one duty or topic: a status, where it stands, why, and who says
// so.
//
// A finding begins as one reader's draft. A second one codes it blind; when they agree it is coded, when not it is disputed
// and a third person decides. Only then it is signed, by somebody who did not code it. It remembers the hash of every
// provision it cites, and falls back to "needs review" when one of them changes.
//
// Trust: the package enforces the order of steps and who may take them; that persons are who they say is the caller's
// part. It reads no clock.
package finding

import (
	"slices"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
)

// Stage is where a finding stands on its way.
type Stage string

// The stages.
const (
	Draft       Stage = "draft"
	Coded       Stage = "coded"
	Disputed    Stage = "disputed"
	Adjudicated Stage = "adjudicated"
	Signed      Stage = "signed"
	NeedsReview Stage = "needs-review"
	Withdrawn   Stage = "withdrawn"
)

// Stages returns all stages, in the order of the constants.
func Stages() []Stage {
	return []Stage{Draft, Coded, Disputed, Adjudicated, Signed, NeedsReview, Withdrawn}
}

// Reasons are the codes that say why a duty is met only in part.
func Reasons() []string {
	return []string{
		"element-missing", "limited-persons", "limited-purposes", "weaker-duty", "policy-only", "general-law", "in-force-in-part", "subnational-only",
	}
}

// Reading is what one person read.
type Reading struct {
	Status alignment.Status
	// Part is for Partly: 0.25, 0.5 or 0.75; 0 means 0.5.
	Part float64
	// Reason is one of [Reasons] for Partly, else blank.
	Reason string
	Note   string
	Coder  string
}

// same reports whether two readings say the same.
func (r Reading) same(o Reading) bool {
	half := func(x Reading) float64 {
		if x.Status == alignment.Partly && x.Part == 0 {
			return 0.5
		}
		return x.Part
	}
	return r.Status == o.Status && half(r) == half(o) && r.Reason == o.Reason
}

// Pinpoint is a provision as it was read.
type Pinpoint struct {
	Work, Expression, WID string
	// Hash is that of the text; see package work.
	Hash string
}

// Finding is what was found about one topic in the law of a State.
type Finding struct {
	ID, State string
	Topic     string
	// From and Until are the days for which it holds; Until is the first day on which it does not.
	From, Until clock.Day
	Stage       Stage
	Reading
	// Second is the other reader's, blind to the first; nil until there is one.
	Second    *Reading
	Pinpoints []Pinpoint
	Source    string
	// Confidence is "high", "medium" or "low"; a translation that is not official allows medium at most.
	Confidence     string
	Adjudicator    string
	Signer         string
	Version        int64
	Recorded, Gone int64
	Unofficial     bool // read in a translation that is not official
	Changed        []Pinpoint
}

// Check refuses a reading that cannot be.
func (r Reading) Check() error {
	if r.Status > alignment.NotApplicable {
		return fault.New(fault.Invalid, "This is not one of the five answers.").WithField("status", "not known")
	}
	if r.Status == alignment.Partly {
		if !slices.Contains(Reasons(), r.Reason) || !slices.Contains([]float64{0, 0.25, 0.5, 0.75}, r.Part) {
			return fault.New(fault.Invalid, "“Partly” needs a reason from the list, and a quarter, a half or three quarters.").WithField("reason", "missing")
		}
		return nil
	}
	if r.Reason != "" || r.Part != 0 {
		return fault.New(fault.Invalid, "A reason and a part belong to “partly” only.").WithField("reason", "not for this answer")
	}
	return nil
}

// Check refuses a finding that cannot be.
func (f Finding) Check() error {
	for _, d := range []clock.Day{f.From, f.Until} {
		if _, err := clock.Parse(string(d)); err != nil {
			return err
		}
	}
	settled := f.Status == alignment.Unknown || f.Status == alignment.NotApplicable
	switch {
	case f.State == "" || f.Topic == "" || f.Coder == "":
		return fault.New(fault.Invalid, "A finding needs a State, a topic and its reader.")
	case f.Until != "" && f.Until <= f.From:
		return fault.New(fault.Invalid, "A finding ends after it begins.").WithField("until", "too early")
	case !settled && len(f.Pinpoints) == 0 && f.Source == "":
		return fault.New(fault.Invalid, "Say where it stands: a provision, or the source that was read.").WithField("pinpoint", "missing")
	case f.Unofficial && f.Confidence == "high":
		return fault.New(fault.Invalid, "Read in a translation that is not official, a finding is of medium confidence at most.").WithField("confidence", "too high")
	}
	return f.Reading.Check()
}

// refused says that a step cannot be taken now, or not by this person.
func refused(why string) error {
	return fault.New(fault.Conflict, "This step cannot be taken.").WithHint(why)
}

// Code adds the second reading. It decides whether the two agree.
func (f Finding) Code(r Reading) (Finding, error) {
	if err := r.Check(); err != nil {
		return f, err
	}
	switch {
	case f.Stage != Draft && f.Stage != NeedsReview:
		return f, refused("Only a draft, or a finding that needs review, waits for a second reader.")
	case r.Coder == "" || r.Coder == f.Coder:
		return f, refused("The second reader is another person than the first.")
	}
	f.Second, f.Stage = &r, Disputed
	if f.same(r) {
		f.Stage = Coded
	}
	return f, nil
}

// Reread replaces the first reading after a cited text has changed, so that the two readers begin anew.
func (f Finding) Reread(r Reading, at []Pinpoint) (Finding, error) {
	if f.Stage != NeedsReview && f.Stage != Draft {
		return f, refused("Only a draft, or a finding that needs review, is read anew.")
	}
	f.Reading, f.Second, f.Stage, f.Pinpoints, f.Changed, f.Adjudicator, f.Signer = r, nil, Draft, slices.Clone(at), nil, "", ""
	return f, f.Check()
}

// Adjudicate decides between two readings, by a third person.
func (f Finding) Adjudicate(r Reading) (Finding, error) {
	if err := r.Check(); err != nil {
		return f, err
	}
	switch {
	case f.Stage != Disputed:
		return f, refused("Only a disputed finding waits for a decision.")
	case r.Coder == "" || r.Coder == f.Coder || r.Coder == f.Second.Coder:
		return f, refused("Who decides is neither of the two readers.")
	}
	f.Status, f.Part, f.Reason, f.Note = r.Status, r.Part, r.Reason, r.Note
	f.Adjudicator, f.Stage = r.Coder, Adjudicated
	return f, nil
}

// Sign publishes a finding. hashes are those of the cited provisions now: what was read must be what stands.
func (f Finding) Sign(signer string, hash func(Pinpoint) string) (Finding, error) {
	switch {
	case f.Stage != Coded && f.Stage != Adjudicated:
		return f, refused("Only what two readers agree on, or a third has decided, is signed.")
	case signer == "" || signer == f.Coder || f.Second != nil && signer == f.Second.Coder:
		return f, refused("Who signs has not read for it.")
	}
	if changed := f.Decayed(hash); len(changed) > 0 {
		f.Stage, f.Changed = NeedsReview, changed
		return f, fault.New(fault.Stale, "A cited text has changed since it was read.").WithHint("Read it again before you sign.")
	}
	f.Signer, f.Stage = signer, Signed
	return f, nil
}

// Withdraw takes a finding back, at any stage but once.
func (f Finding) Withdraw() (Finding, error) {
	if f.Stage == Withdrawn {
		return f, refused("It was taken back before.")
	}
	f.Stage = Withdrawn
	return f, nil
}

// Decayed lists the pinpoints whose text is not what was read. hash returns "" for a provision that is gone.
func (f Finding) Decayed(hash func(Pinpoint) string) []Pinpoint {
	var out []Pinpoint
	for _, p := range f.Pinpoints {
		if hash(p) != p.Hash {
			out = append(out, p)
		}
	}
	return out
}

// Decay sends a finding back for review when a cited text has changed, and reports whether it did.
func (f Finding) Decay(hash func(Pinpoint) string) (Finding, bool) {
	if f.Stage == Withdrawn || f.Stage == NeedsReview {
		return f, false
	}
	changed := f.Decayed(hash)
	if len(changed) == 0 {
		return f, false
	}
	f.Stage, f.Changed, f.Signer = NeedsReview, changed, ""
	return f, true
}
