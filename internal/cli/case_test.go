package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// caseDesk is a node with somebody who answers for a service, at a terminal.
type caseDesk struct {
	t   *testing.T
	dir string
}

func newCaseDesk(t *testing.T) *caseDesk {
	t.Helper()
	d := &caseDesk{t, t.TempDir()}
	a, err := app.Open(t.Context(), app.Config{Dir: d.dir})
	if err != nil {
		t.Fatal(err)
	}
	f, err := a.Found(t.Context(), app.Organisation{Name: "Harbour House (invented)", Zone: "Europe/London", Administrator: "Admin", Analyst: "Analyst"})
	if err == nil {
		err = a.Vault.Unlock(t.Context())
	}
	if err == nil {
		_, err = a.Accounts.CreateAccount(t.Context(), auth.CLI(f.Org), "Manager", auth.Supervisor)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	d.file("cases.csv", "prs_SecondName,prs_Birthdate,vic_TypeOfExploitation\nHaile,1990-05-06,ForcedLabor\nDiallo,,ForcedLabour\n")
	return d
}

func (d *caseDesk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *caseDesk) file(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// run runs a command, and returns what it said and its exit code.
func (d *caseDesk) run(args ...string) (out, errs string, code int) {
	d.t.Helper()
	var o, e bytes.Buffer
	r := &run{ctx: d.t.Context(), in: strings.NewReader(""), out: &o, err: &e, clock: time.Now, words: i18n.For("en")}
	code = r.main(append(args, "--data", d.dir))
	return o.String(), e.String(), code
}

// A file of cases goes in and comes out at the terminal, in the name of an account that may; the report of what is lost is
// the reader's alone.
func TestCasesAtTheTerminal(t *testing.T) {
	d := newCaseDesk(t)
	in := []string{"import", "htcds", d.path("cases.csv"), "--report", d.path("lost.csv")}
	if out, errs, code := d.run(append(in, "--account", "Admin")...); code == exitOK || strings.Contains(out+errs, "case opened") {
		t.Errorf("the administrator took cases in: %s%s", out, errs)
	}
	_ = os.Remove(d.path("lost.csv"))
	out, errs, code := d.run(append(in, "--account", "Manager")...)
	if code != exitOK || !strings.Contains(out, "2 records read, 2 cases opened") || !strings.Contains(errs, "unknown-code") {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	lost, err := os.ReadFile(d.path("lost.csv"))
	if err != nil || !strings.Contains(string(lost), "1,2,vic_TypeOfExploitation,unknown-code,ForcedLabor,ForcedLabour") {
		t.Errorf("%s %v", lost, err)
	}
	if info, err := os.Stat(d.path("lost.csv")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the report: %v %v", info.Mode(), err)
	}
	if out, _, _ := d.run(append(in[:3], "--account", "Manager")...); !strings.Contains(out, "here already") {
		t.Errorf("the same file again: %s", out)
	}
	release := []string{"release", "htcds", "--account", "Manager", "--reason", "move"}
	if out, errs, code := d.run(append(release, "-o", d.path("codes.json"))...); code != exitOK || !strings.Contains(out, "2 records") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if _, errs, code := d.run(append(release, "-o", d.path("codes.json"))...); code == exitOK || !strings.Contains(errs, "exists already") {
		t.Errorf("a file was written over: %s", errs)
	}
	if _, errs, code := d.run(append(release, "-o", d.path("whole.csv"), "--profile", "whole", "--purpose", "support")...); code != exitOK {
		t.Error(errs)
	}
	codes, _ := os.ReadFile(d.path("codes.json"))
	whole, _ := os.ReadFile(d.path("whole.csv"))
	if strings.Contains(string(codes), "Haile") || !strings.Contains(string(whole), "Haile") || !strings.Contains(string(codes), "ForcedLabour") {
		t.Errorf("%s\n%s", codes, whole)
	}
	if _, errs, code := d.run(append(release, "-o", d.path("out.json"), "--to", "police")...); code == exitOK || !strings.Contains(errs, "No agreement") {
		t.Errorf("without an agreement: %s", errs)
	}
	if _, err := os.Stat(d.path("out.json")); err == nil {
		t.Error("a release that was refused left a file")
	}
}
