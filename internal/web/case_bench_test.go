package web

import (
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// town is a node with many invented cases, of which one organisation holds two in five, spread over fifty
// accounts and a team. Their persons are known to the vault by their row only: lists open nothing.
type caseTown struct {
	*testNode
	own  casefile.ID // a case of the support worker with everything in it
	deep casefile.Position
}

// fill writes rows as they would stand after years, without the ledger of these years.
func (n *testNode) fill(tx *db.Tx, table, columns string, rows int, row func(i int) []any) error {
	n.t.Helper()
	var all iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		for i := range rows {
			if !yield(row(i), nil) {
				return
			}
		}
	}
	_, err := tx.InsertRows(n.t.Context(), table, strings.Split(columns, " "), "", all)
	return err
}

func newCaseTown(tb testing.TB, cases int) caseTown {
	tb.Helper()
	n := newNode(tb, Options{})
	worker, start := n.actor(auth.SupportWorker), noon.AddDate(-4, 0, 0).UnixMicro()
	step := (noon.UnixMicro() - start) / int64(cases)
	id := func(i int) string { return fmt.Sprintf("%026d", i) }
	orgOf := func(i int) string {
		if i%5 < 2 {
			return string(n.org)
		}
		return "elsewhere"
	}
	holder := func(i int) string {
		switch i % 50 {
		case 0:
			return "account/" + string(worker.Account)
		case 5:
			return "team/harbour"
		}
		return fmt.Sprintf("account/clerk-%d", i%50)
	}
	standing := func(i int) string {
		if i%3 == 0 && i < cases*9/10 {
			return "closed"
		}
		return "open"
	}
	at := func(i int) int64 { return start + int64(i)*step }
	n.must(n.app.DB.WriteUnaudited(tb.Context(), "a benchmark", func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO org (id, name, zone, created_at) VALUES ('elsewhere', 'invented', 'UTC', 0)",
			fmt.Sprintf("INSERT INTO team (org_id, id, version, name, created_at) VALUES ('%s', 'harbour', 1, 'invented', 0)", n.org),
			fmt.Sprintf("INSERT INTO team_member (org_id, team_id, account_id, since) VALUES ('%s', 'harbour', '%s', 0)", n.org, worker.Account),
		} {
			if _, err := tx.Exec(tb.Context(), q); err != nil {
				return err
			}
		}
		for _, t := range []struct {
			table, columns string
			row            func(i int) []any
		}{
			{"vault_person", "org_id id version key_id retention created_at", func(i int) []any { return []any{orgOf(i), id(i), 1, "", "adult-client", at(i)} }},
			{"vault_scope", "org_id scope person_id bound_at", func(i int) []any { return []any{orgOf(i), id(i), id(i), at(i)} }},
			{
				"protection_case", "org_id id case_id person_id version changed_by changed_at number owner team opened_at opened_by reason origin priority profile profile_version state standing close_reason",
				func(i int) []any {
					owner, _ := strings.CutPrefix(holder(i), "account/")
					return []any{orgOf(i), id(i), id(i), id(i), 1, "x", at(i), id(i), owner, "", at(i), "x", "signs-seen", "", "", "", "", "active", standing(i), ""}
				},
			},
			{"assignment", "org_id scope holder_kind holder_id assigned_by assigned_at", func(i int) []any {
				kind, who, _ := strings.Cut(holder(i), "/")
				return []any{orgOf(i), id(i), kind, who, "x", at(i)}
			}},
			{"protection_case_list", "org_id holder standing opened_at case_id", func(i int) []any { return []any{orgOf(i), holder(i), standing(i), at(i), id(i)} }},
			{"protection_task", "org_id id case_id person_id version changed_by changed_at kind mark basis deadline due_on holder state ended_by", func(i int) []any {
				return []any{orgOf(i), id(i), id(i), id(i), 1, "x", at(i), "call-back", id(i), "", false, fmt.Sprintf("20%02d-01-02", 20+i%20), holder(i), "open", ""}
			}},
		} {
			if err := n.fill(tx, t.table, t.columns, cases, t.row); err != nil {
				return fmt.Errorf("%s: %w", t.table, err)
			}
		}
		return nil
	}))
	n.app.DB.Replan(tb.Context())
	own, err := n.app.Cases.Open(tb.Context(), worker, casefile.Begin{Reason: "asks-for-help", Name: private.New("Wren (invented)")})
	n.must(err)
	for range 10 {
		_, err := n.app.Cases.Write(tb.Context(), worker, own, casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: private.New(strings.Repeat("Her words. ", 100))})
		n.must(err)
		_, err = n.app.Cases.AddTask(tb.Context(), worker, own, casefile.NewTask{Kind: "do", Text: private.New("a task")})
		n.must(err)
	}
	return caseTown{n, own, casefile.Position{OpenedAt: at(cases / 2), ID: casefile.ID(id(cases / 2))}}
}

// BenchmarkCases asks for the pages of cases on nodes of 1,000, 10,000 and 100,000 cases, as one reader:
// reading the session, judging, opening with its ledger entry, and writing the page are in it.
func BenchmarkCases(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		n := newCaseTown(b, size)
		worker, chief := n.session(auth.SupportWorker), n.session(auth.Supervisor)
		for _, p := range []struct{ name, path, cookie, shows string }{
			{"mine", "/cases?list=mine", worker, `<th scope="row">`},
			{"team", "/cases?list=team", worker, `<th scope="row">`},
			{"all", "/cases?list=all", chief, `<th scope="row">`},
			{"deep", "/cases?list=all&from=" + n.deep.String(), chief, `<th scope="row">`},
			{"work", "/", worker, "Was due on"},
			{"case", "/cases/" + string(n.own), worker, "Wren (invented)"},
			{"tasks", "/cases/" + string(n.own) + "/tasks", worker, "a task"},
		} {
			b.Run(fmt.Sprintf("%s/%d", p.name, size), func(b *testing.B) {
				res, body := send(b, n, ask{path: p.path, cookie: p.cookie})
				if res.StatusCode != http.StatusOK || !strings.Contains(body, p.shows) {
					b.Fatalf("%s: %d without %q", p.path, res.StatusCode, p.shows)
				}
				for b.Loop() {
					send(b, n, ask{path: p.path, cookie: p.cookie})
				}
			})
		}
	}
}
