package shelter

import (
	"context"
	"strings"
	"unicode"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// maxMeet bounds where to meet in bytes.
const maxMeet = 500

// Answer says whether a place takes somebody for whom a room of it is held, and where to meet whoever
// brings them: never at the address, which is looked for in the words. The team of the place answers,
// without seeing the case.
func (s *Shelters) Answer(ctx context.Context, actor auth.Actor, place, placement string, version int64, yes bool, meet private.Text) error {
	if len(meet.Reveal("measure it")) > maxMeet {
		return fault.New(fault.Invalid, "The answer was not kept.").WithField("meet", "Use at most %d characters.", maxMeet)
	}
	if yes && !meet.IsZero() {
		where, err := s.Address(ctx, actor, place)
		if err != nil {
			return err
		}
		if where.givenAwayBy(meet.Reveal("look for the address in it")) {
			return fault.New(fault.Invalid, "The answer was not kept.").WithField("meet", "Name somewhere else to meet, not the address, name or telephone of the place.")
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := ownPlace(ctx, tx, actor, place); err != nil {
			return err
		}
		return s.answer(ctx, tx, actor, place, placement, version, yes, meet)
	})
}

func (s *Shelters) answer(ctx context.Context, tx *db.Tx, actor auth.Actor, place, placement string, version int64, yes bool, meet private.Text) error {
	row, err := placements.Get(ctx, tx, actor.Org, placement)
	if err != nil {
		return err
	}
	switch {
	case row.Clear.Place != place:
		return missing()
	case row.Version != version:
		return stale()
	case row.Clear.State != Offered && row.Clear.State != Accepted:
		return fault.New(fault.Conflict, "This cannot follow what was there before.").WithField("state", "Choose what it is now.")
	}
	f := &row.Clear
	if !yes {
		f.State, f.Reason, f.Place, f.Size, f.Answer, f.Since = Requested, "place-said-no", "", 0, "", tx.NowMicros()
		_, err = placements.Update(ctx, tx, s.vault, act(actor, "placement.answer", map[string]string{"place": place, "answer": "no"}), row, noMeeting)
		return err
	}
	f.Answer = "yes"
	doc := record.Doc{Class: vault.ProtectedLocation}
	if !meet.IsZero() {
		doc.Value = arrival{meet}
	}
	_, err = placements.Update(ctx, tx, s.vault, act(actor, "placement.answer", map[string]string{"place": place, "answer": "yes"}), row, doc)
	return err
}

// shortest is how long a part of an address must be to give it away.
const shortest = 5

// givenAwayBy reports whether words contain the name, a line of the address or the telephone of a place,
// however they are spaced and written.
func (l Location) givenAwayBy(words string) bool {
	in := squeezed(words)
	var parts []string
	for _, t := range []private.Text{l.Address, l.Name, l.Phone} {
		parts = append(parts, strings.FieldsFunc(t.Reveal("look for it in other words"), func(r rune) bool { return r == '\n' || r == ',' || r == ';' })...)
	}
	for _, p := range parts {
		if p = squeezed(p); len([]rune(p)) >= shortest && strings.Contains(in, p) {
			return true
		}
	}
	return false
}

// squeezed keeps letters and digits, in small letters.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
