// Package app wires a node together: one database, the rooms on top of it, and the few actions that
// concern several of them. It is the only package that imports every room; pages, the JSON API and the
// command line stand on it and so give the same answers.
//
// It trusts its configuration, which comes from whoever may start the program, and nothing else.
package app

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/auth/credential"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/breach"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/job"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/referral"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/signs"
	"github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/staff"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// Config says where a node keeps its things.
type Config struct {
	// Dir is the data folder. It must exist; it is used for what DB and KeyFile do not name.
	Dir string
	// DB is the database: a path, "sqlite:path" or "postgres://…". Empty means fourfold.db in Dir.
	DB string
	// KeyFile holds the key of an embedded database. Empty means fourfold.key in Dir, which protects a
	// copy of the database alone and not a copy of the folder.
	KeyFile string
	// NodeKey is where the node key of the vault comes from. Nil means NodeKeyFile. It is not the key of
	// the database: that one protects a stolen disk, this one what is sealed, wherever the database is.
	NodeKey vault.KeySource
	// NodeKeyFile holds the node key. It is made with a new node; one that is missing later is never
	// replaced by another. Empty means node.key in Dir.
	NodeKeyFile string
	// Phrase asks for the pass phrase of a locked key file. Nil means that nobody can be asked.
	Phrase func(context.Context) (private.Text, error)
	// Keyring is where the keys of persons are kept. Nil means the file keyring in Dir.
	Keyring keyring.Medium
	// KeyringCopies are where daily copies of the keyring go: other disks, never a backup of data.
	KeyringCopies []keyring.File
	// Clock gives the present time. Nil means the clock of the machine.
	Clock func() time.Time
	// Logger receives what an operator should know. Nil means none.
	Logger *slog.Logger
}

// App is an open node. It is safe for concurrent use.
type App struct {
	DB         *db.DB
	Accounts   *auth.Accounts
	Vault      *vault.Vault // locked until [vault.Vault.Unlock]
	Indicators *indicator.Indicators
	Agreements *agreement.Agreements
	// Cases are the cases of the room of protection.
	Cases *casefile.Cases
	// People is who they are; Consents what they agreed to, and what left on what ground.
	People   *person.People
	Consents *consent.Consents
	// Signs is what somebody saw; Identifications how far people are in a jurisdiction's procedure.
	Signs           *signs.Signs
	Identifications *identification.Identifications
	// Support is the help that people get; Justice is what they decided about police and courts, and stands
	// beside it; Staff looks after those who help.
	Support *support.Supports
	Justice *justice.Justices
	Staff   *staff.Staffs
	// Shelters is where people can stay: services, protected places and who is on the way to one.
	Shelters *shelter.Shelters
	// Referrals carry needs and cases to other organisations.
	Referrals *referral.Referrals
	// Standards takes cases in from files of other programs, and gives them out.
	Standards *standard.Standards
	// Space is the own page of people.
	Space *space.Spaces
	// Index finds people by name without showing names.
	Index *blind.Index
	Clock func() time.Time
	// Ledger puts entries into the logs and signs them, when it is asked to; [App.Tend] does it all the time.
	Ledger *audit.Sequencer
	// Credentials are the ways in which people prove who they are.
	Credentials *credential.Credentials
	// Blobs keeps attachments; Letters tells people outside the node that something waits.
	Blobs    *blob.Blobs
	Letters  *notify.Letters
	Breaches *breach.Register
	// Backups are copies of the whole node for people to keep.
	Backups *backup.Backups
	// Plan is how the node makes them by itself, as whoever started it said.
	Plan backup.Plan
	// Jobs is the work that the node does by itself; [App.Tend] has it done.
	Jobs    *job.Queue
	closers []io.Closer
	alarms  alarms
}

// Open opens the node, creating its database when there is none. Errors are faults of [db.Open].
func Open(ctx context.Context, c Config) (*App, error) {
	c = c.clocked()
	if c.DB == "" {
		c.DB = "sqlite:" + filepath.Join(c.Dir, "fourfold.db")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Dir, "fourfold.key")
	}
	d, err := db.Open(ctx, db.Config{URL: c.DB, KeyFile: c.KeyFile, Clock: c.Clock, Logger: c.Logger})
	if err != nil {
		return nil, err
	}
	v, err := openVault(ctx, c, d)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	a := On(d, c.Clock, v)
	if d.Engine() == db.SQLite {
		// One machine: files need not go through the database.
		folder, err := blob.OpenFolder(filepath.Join(c.Dir, "attachments"))
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
		a.Blobs.Store, a.closers = folder, append(a.closers, folder)
	}
	return a, nil
}

// clocked fills in the clock of the machine.
func (c Config) clocked() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}

// openVault puts the vault together. It stays locked: whoever serves the node unlocks it, because a
// pass phrase may have to be asked for.
func openVault(ctx context.Context, c Config, d *db.DB) (*vault.Vault, error) {
	if c.Keyring == nil {
		c.Keyring = keyring.File{Path: filepath.Join(c.Dir, "keyring")}
	}
	file := nodekey.File{Path: c.NodeKeyPath(), Phrase: c.Phrase}
	source := c.NodeKey
	if source == nil {
		source = file
	}
	v, err := vault.New(vault.Config{DB: d, Keyring: c.Keyring, Source: source, Copies: c.KeyringCopies})
	if err != nil || c.NodeKey != nil {
		return v, err
	}
	return v, newNodeKey(ctx, v, file)
}

// NodeKeyPath returns the path of the key file.
func (c Config) NodeKeyPath() string { return cmp.Or(c.NodeKeyFile, filepath.Join(c.Dir, "node.key")) }

// newNodeKey makes the key of a node that never had one.
func newNodeKey(ctx context.Context, v *vault.Vault, file nodekey.File) error {
	if _, err := os.Stat(file.Path); !errors.Is(err, fs.ErrNotExist) {
		return nil // it is there, or unlocking will say what is wrong with it
	}
	if founded, err := v.Founded(ctx); err != nil || founded {
		return err // a key that is lost: unlocking will say so
	}
	k := nodekey.New()
	defer k.Forget()
	err := nodekey.File{Path: file.Path}.Write(ctx, k)
	if fault.KindOf(err) == fault.Conflict {
		return nil // another process was faster
	}
	return err
}

// On returns the node that stands on an open database, with its vault.
func On(d *db.DB, clock func() time.Time, v *vault.Vault) *App {
	accounts := &auth.Accounts{DB: d}
	secrets := v.Secrets(clock)
	a := &App{
		DB:          d,
		Vault:       v,
		Accounts:    accounts,
		Credentials: credential.New(accounts, secrets),
		Blobs:       &blob.Blobs{DB: d, Vault: v, Store: blob.Table{DB: d}},
		Letters:     &notify.Letters{DB: d, Sealer: letterSecrets{secrets}, Words: letter},
		Breaches:    &breach.Register{DB: d, Vault: v, Secrets: secrets, Law: profile.Base()},
		Indicators:  &indicator.Indicators{DB: d},
		Agreements:  agreement.On(d, v),
		Index:       blind.On(d, v),
		Clock:       clock,
		Ledger:      audit.NewSequencer(audit.Config{DB: d, Signer: v}),
	}
	a.Cases = casefile.On(d, v, accounts, a.Blobs)
	a.People = person.On(d, v, a.Index, a.Cases, clock)
	a.Consents = consent.On(d, v, a.Cases, consent.LooksOf(a.People))
	a.Agreements.Grounds, a.Agreements.Left = a.Consents.Grounds, a.keepLeft
	a.Signs = signs.On(d, v)
	a.Identifications = a.identifications()
	a.Support, a.Justice, a.Staff = support.On(d, v, a.Cases), justice.On(d, v, a.Cases), staff.On(d, v, a.Cases)
	a.Shelters = shelter.On(d, v, accounts, a.Cases, a.Support)
	a.Standards = standard.On(d, v, a.Cases, a.People, a.Consents)
	a.Standards.Agreements = releasing{a.Agreements}
	a.Referrals = a.referrals()
	a.Space = space.On(d, v, space.Rooms{Accounts: accounts, Cases: a.Cases, People: a.People, Consents: a.Consents, Support: a.Support})
	a.Jobs = job.New(d)
	a.Backups = backup.New(d, v, func() blob.Store { return a.Blobs.Store }, programVersion())
	accounts.Register(auth.BackupRecipient, a.Backups.Rule())
	a.Jobs.Handle(a.duties()...)
	v.OnErase(a.Blobs.Eraser())
	v.OnCheck(a.Blobs.Rows())
	v.OnErase(a.Jobs.Eraser())
	v.OnErase(a.Breaches.Eraser())
	accounts.Register(auth.ReleaseRule, consent.ReleaseRule())
	accounts.Register(auth.MailGateway, auth.ChangeRule{Propose: auth.Configure, Approve: auth.ApprovePeople, Apply: setGateway})
	return a
}

// programVersion is the version of the program, for the header of a backup.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}

// Close closes the node.
func (a *App) Close() error {
	errs := make([]error, 0, len(a.closers)+1)
	for _, c := range a.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(append(errs, a.DB.Close())...)
}

// Organisation is the first thing a new node needs to know.
type Organisation struct {
	Name string // as people call it, 1 to 200 characters
	Zone string // IANA time zone, for example "Europe/London"
	// Administrator and Analyst name the first two accounts. Administration and reading figures are
	// separate on purpose; one person may hold both.
	Administrator, Analyst string
	// ProtectionOfficer names the account that is the second person for what is dangerous. Somebody else
	// should hold it. Empty means "Protection officer".
	ProtectionOfficer string
}

// Founded is a new organisation with its first accounts.
type Founded struct {
	Org                                       auth.OrgID
	Administrator, Analyst, ProtectionOfficer auth.AccountID
}

// Found creates an organisation and its first accounts in one transaction, and then takes in the
// measures that the program ships, which the next start repeats when it was interrupted.
// It is refused with [fault.Conflict] when the node has an organisation already.
func (a *App) Found(ctx context.Context, o Organisation) (Founded, error) {
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" {
		return Founded{}, fault.New(fault.Invalid, "%q is not a time zone.", o.Zone).
			WithHint("Give a name such as Europe/London or Asia/Bangkok.")
	}
	o.ProtectionOfficer = cmp.Or(strings.TrimSpace(o.ProtectionOfficer), "Protection officer")
	if err := checkNames(o); err != nil {
		return Founded{}, err
	}
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return Founded{}, err
	}
	if len(orgs) > 0 {
		return Founded{}, fault.New(fault.Conflict, "This node is set up already.").
			WithHint("Start it, or choose another data folder.")
	}
	var f Founded
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		if f.Org, err = auth.CreateOrgIn(ctx, tx, o.Name, o.Zone); err != nil {
			return err
		}
		for _, first := range []struct {
			id   *auth.AccountID
			name string
			role auth.Role
		}{
			{&f.Administrator, o.Administrator, auth.Administrator},
			{&f.Analyst, o.Analyst, auth.Analyst},
			{&f.ProtectionOfficer, o.ProtectionOfficer, auth.ProtectionOfficer},
		} {
			if *first.id, err = auth.CreateAccountIn(ctx, tx, auth.CLI(f.Org), first.name, first.role); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Founded{}, err
	}
	return f, a.Ship(ctx)
}

// Ship takes into every organisation the measures that this program ships and it does not hold yet:
// after a founding that was interrupted, and with a new version. It does nothing, in two look-ups an
// organisation, when they are there.
func (a *App) Ship(ctx context.Context) error {
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if err := a.Indicators.Seed(ctx, auth.CLI(o.ID)); err != nil {
			return err
		}
	}
	return nil
}

// checkNames looks at every name before the first is stored: an organisation whose account was
// refused would count as a node that is set up.
func checkNames(o Organisation) error {
	f := fault.New(fault.Invalid, "The node cannot be set up.")
	for _, n := range []struct{ field, name string }{
		{"organisation", o.Name}, {"administrator", o.Administrator}, {"analyst", o.Analyst}, {"officer", o.ProtectionOfficer},
	} {
		switch {
		case strings.TrimSpace(n.name) == "":
			f = f.WithField(n.field, "A name is needed.")
		case !auth.Printable(n.name):
			f = f.WithField(n.field, "Use at most %d characters, all of which can be printed.", auth.MaxText)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Home returns the organisation for which a command acts: the only one of the node, or the one whose id
// or name is given. [fault.NotFound] when there is none, [fault.Invalid] when the choice is open.
func (a *App) Home(ctx context.Context, choice string) (auth.Org, error) {
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return auth.Org{}, err
	}
	for _, o := range orgs {
		if choice != "" && (string(o.ID) == choice || o.Name == choice) {
			return o, nil
		}
	}
	switch {
	case len(orgs) == 0:
		return auth.Org{}, fault.New(fault.NotFound, "This node is not set up yet.").
			WithHint("Run \"fourfold init\" first.")
	case choice != "":
		return auth.Org{}, fault.New(fault.NotFound, "There is no organisation %q on this node.", choice)
	case len(orgs) > 1:
		return auth.Org{}, fault.New(fault.Invalid, "This node has several organisations.").
			WithHint("Name one with --org.")
	}
	return orgs[0], nil
}

// Ready reports whether the node can answer: nil, or why not.
func (a *App) Ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		return errors.Join(errors.New("the database does not answer"), err)
	}
	return nil
}
