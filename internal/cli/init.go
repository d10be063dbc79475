package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/fault"
)

// initCmd sets up a node.
type initCmd struct {
	Name          string `required:"" placeholder:"NAME" help:"Name of the organisation."`
	Zone          string `placeholder:"ZONE" help:"Time zone, such as Europe/London. Default: that of this machine."`
	Administrator string `default:"Administrator" placeholder:"NAME" help:"Name of the account that runs the node."`
	Analyst       string `default:"Analyst" placeholder:"NAME" help:"Name of the account that reads and imports figures."`
	Officer       string `default:"Protection officer" placeholder:"NAME" help:"Name of the account that is the second person for dangerous changes; not the administrator."`
}

// Help is the long help of the command.
func (initCmd) Help() string {
	return `The node's files go to the data folder: fourfold.db, which is encrypted, fourfold.key, its key, and node.key, the key of the vault. Whoever copies the folder has both: name another place for the key with --key-file, for example a disk that is locked away at night, and keep a copy of it. Without the key the database cannot be read by anybody.

Running init again on a node that is set up changes nothing and fails.`
}

// Run sets the node up.
func (c *initCmd) Run(r *run) (err error) {
	conf, err := r.config(nil)
	if err != nil {
		return err
	}
	if path, embedded := databaseFile(conf); embedded {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fault.New(fault.Unavailable, "The folder %s cannot be created.", filepath.Dir(path)).Wrap(err)
		}
	}
	a, err := app.Open(r.ctx, conf)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	zone := cmp.Or(c.Zone, machineZone(os.Getenv("TZ"), os.Readlink))
	_, err = a.Found(r.ctx, app.Organisation{Name: c.Name, Zone: zone, Administrator: c.Administrator, Analyst: c.Analyst, ProtectionOfficer: c.Officer})
	if err != nil {
		return err
	}
	where := conf.DB
	if path, embedded := databaseFile(conf); embedded {
		where = path
	}
	_, err = fmt.Fprintf(r.out, "%s\n%s\n", r.words.T("The node of %s is set up.", c.Name), r.words.T("Database: %s", redactURL(where)))
	if _, embedded := databaseFile(conf); err == nil && embedded {
		_, err = fmt.Fprintf(r.out, "%s\n", r.words.T("Key: %s (keep a copy of it in another place)", keyFile(conf)))
	}
	if err == nil && conf.NodeKey == nil {
		_, err = fmt.Fprintf(r.out, "%s\n", r.words.T("Key of the vault: %s (print recovery sheets with: fourfold vault sheets)", conf.NodeKeyPath()))
	}
	if err == nil {
		_, err = fmt.Fprintf(r.out, "%s\n", r.words.T("Next: fourfold serve, and fourfold link to sign in."))
	}
	return err
}

// machineZone is the IANA name of the machine's time zone, or "UTC" when it cannot be told.
func machineZone(tz string, readlink func(string) (string, error)) string {
	name := strings.TrimPrefix(tz, ":")
	if name == "" {
		target, err := readlink("/etc/localtime")
		if err != nil {
			return "UTC"
		}
		_, name, _ = strings.Cut(filepath.ToSlash(target), "zoneinfo/")
	}
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return "UTC"
	}
	return name
}

// redactURL leaves user and password out of the address of a database server.
func redactURL(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + rest
}
