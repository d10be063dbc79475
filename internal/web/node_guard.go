package web

import (
	"net/http"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/i18n"
)

// guardText is how the keys and copies of the node are kept, in the reader's language.
type guardText struct {
	Locked bool
	Copies []copyLine
	// Backup is when the newest backup that was read back was begun, "" for none; Age how long ago.
	Backup, Age, Name, Size string
	// Planned says that the node makes backups by itself; Due when the next one is, "" for at once.
	Planned, Late bool
	Due           string
	Failed        string // when a backup last failed, "" when none did since
	Failure       string
	Recipients    int
}

// copyLine is one copy of the keyring.
type copyLine struct {
	Path, Made, Age string // Made and Age are "" for a copy that is not there
	Late            bool
}

func (s *Server) guardOf(v visit, g app.Guard) guardText {
	p, zone := v.printer, v.actor.Zone
	out := guardText{Locked: g.Vault.Locked, Planned: g.Planned, Recipients: g.Backup.Recipients}
	for _, c := range g.Vault.Copies {
		line := copyLine{Path: c.Path, Late: c.Late}
		if !c.MadeAt.IsZero() {
			line.Made, line.Age = p.DateTime(c.MadeAt, zone), ageText(p, s.now().Sub(c.MadeAt))
		}
		out.Copies = append(out.Copies, line)
	}
	if b := g.Backup; !b.Newest.IsZero() {
		out.Backup, out.Age = p.DateTime(b.Newest, zone), ageText(p, s.now().Sub(b.Newest))
		out.Name, out.Size = b.Name, sizeText(p, b.Bytes)
	}
	if b := g.Backup; !b.Failed.IsZero() {
		out.Failed, out.Failure = p.DateTime(b.Failed, zone), b.Failure
	}
	if !g.Due.IsZero() {
		out.Due, out.Late = p.DateTime(g.Due, zone), s.now().After(g.Due.Add(backupPatience))
	}
	return out
}

// backupPatience is how late a backup may be before the page says so: one takes a while, and a node
// looks every few minutes whether one is due.
const backupPatience = time.Hour

// ageText says how long ago something was, in hours and then in days.
func ageText(p *i18n.Printer, age time.Duration) string {
	if age = max(age, 0); age < 48*time.Hour {
		return p.N("%d hour ago", "%d hours ago", int(age.Hours()))
	}
	return p.N("%d day ago", "%d days ago", int(age.Hours()/24))
}

// lockNode drops the keys from the memory.
func (s *Server) lockNode(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.LockVault(r.Context(), actorOf(r)); err != nil {
		return err
	}
	return s.seeOther(w, r, "/node")
}
