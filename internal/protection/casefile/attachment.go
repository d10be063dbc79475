package casefile

import (
	"context"
	"io"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// folder is the record under which the attachments of a case lie.
func (c Case) folder() string { return "case/" + c.Row.ID }

// Attach makes room for a file of a case, or finds the one of the same name and length that the actor has
// begun to send, with how much of it is safe. It arrives in pieces with [Cases.Send], and a line that breaks
// loses no piece that has arrived.
func (s *Cases) Attach(ctx context.Context, actor auth.Actor, id ID, name private.Text, size int64) (file blob.ID, safe int64, err error) {
	c, err := s.working(ctx, actor, id)
	if err != nil {
		return "", 0, err
	}
	f := blob.File{Person: c.Person, Record: c.folder(), Name: name, Size: size}
	if file, safe, err = s.blobs.Resume(ctx, actor, f); err != nil || file != "" {
		return file, safe, err
	}
	file, err = s.blobs.Begin(ctx, actor, f)
	return file, 0, err
}

// working is a case on which the actor may work, for what needs no lock.
func (s *Cases) working(ctx context.Context, actor auth.Actor, id ID) (c Case, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if c, err = Load(ctx, tx, actor, id, auth.WorkCases); err != nil {
			return err
		}
		return changeable(c.Clear.State)
	})
	return c, err
}

// Send adds what follows at an offset, and returns how many bytes are safe. See [blob.Blobs.Append].
func (s *Cases) Send(ctx context.Context, actor auth.Actor, id ID, file blob.ID, offset int64, r io.Reader) (int64, error) {
	if err := s.sends(ctx, actor, id, file); err != nil {
		return 0, err
	}
	return s.blobs.Append(ctx, actor, file, offset, r)
}

// Arrived returns how many bytes of a file are safe.
func (s *Cases) Arrived(ctx context.Context, actor auth.Actor, id ID, file blob.ID) (int64, error) {
	if err := s.sends(ctx, actor, id, file); err != nil {
		return 0, err
	}
	return s.blobs.Arrived(ctx, actor, file)
}

// Keep keeps a file that has arrived whole.
func (s *Cases) Keep(ctx context.Context, actor auth.Actor, id ID, file blob.ID) (blob.Attachment, error) {
	if err := s.sends(ctx, actor, id, file); err != nil {
		return blob.Attachment{}, err
	}
	return s.blobs.Finish(ctx, actor, file)
}

// sends refuses a file that the actor does not send to this case, or to a case on which they work no more.
func (s *Cases) sends(ctx context.Context, actor auth.Actor, id ID, file blob.ID) error {
	c, err := s.working(ctx, actor, id)
	if err != nil {
		return err
	}
	coming, err := s.blobs.Coming(ctx, actor, c.folder())
	if err == nil && !slices.ContainsFunc(coming, func(one blob.Coming) bool { return one.ID == file }) {
		err = missing()
	}
	return err
}

// Attachments returns the files of a case, the oldest first, unopened.
func (s *Cases) Attachments(ctx context.Context, actor auth.Actor, c Case) ([]blob.Attachment, error) {
	c, err := s.Get(ctx, actor, c.ID())
	if err != nil {
		return nil, err
	}
	return s.blobs.List(ctx, actor, c.folder())
}

// OpenAttachment opens a file of a case, for a purpose.
func (s *Cases) OpenAttachment(ctx context.Context, actor auth.Actor, c Case, file blob.ID, p vault.Purpose) (blob.Content, error) {
	if err := s.holds(ctx, actor, c, file); err != nil {
		return blob.Content{}, err
	}
	return s.blobs.Open(ctx, actor, c.Why(p), file)
}

// RemoveAttachment removes a file of a case.
func (s *Cases) RemoveAttachment(ctx context.Context, actor auth.Actor, id ID, file blob.ID) error {
	c, err := s.working(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.holds(ctx, actor, c, file); err != nil {
		return err
	}
	return s.blobs.Remove(ctx, actor, file)
}

// holds refuses a file of another case.
func (s *Cases) holds(ctx context.Context, actor auth.Actor, c Case, file blob.ID) error {
	all, err := s.Attachments(ctx, actor, c)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == file {
			return nil
		}
	}
	return missing()
}

// Coming returns the files that the actor has begun to send and that have not arrived whole.
func (s *Cases) Coming(ctx context.Context, actor auth.Actor, c Case) ([]blob.Coming, error) {
	c, err := s.Get(ctx, actor, c.ID())
	if err != nil {
		return nil, err
	}
	return s.blobs.Coming(ctx, actor, c.folder())
}
