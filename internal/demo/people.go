package demo

import (
	"context"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
)

// organise does what an organisation does on its first day: somebody is told of emergencies, a team is
// formed, and a role waits for its second person.
func organise(ctx context.Context, a *app.App, founded app.Founded, accounts map[auth.Role]auth.AccountID) error {
	boss, err := a.Accounts.Actor(ctx, founded.Administrator)
	if err != nil {
		return err
	}
	officer, err := a.Accounts.Actor(ctx, founded.ProtectionOfficer)
	if err != nil {
		return err
	}
	told := []auth.AccountID{founded.ProtectionOfficer, accounts[auth.Authority]}
	for _, occasion := range auth.Occasions() {
		id, err := a.Accounts.ProposeRecipients(ctx, boss, occasion, told, "outside the service")
		if err != nil {
			return err
		}
		if err := a.Accounts.Approve(ctx, officer, id); err != nil {
			return err
		}
	}
	manager, err := a.Accounts.Actor(ctx, accounts[auth.Supervisor])
	if err != nil {
		return err
	}
	team, err := a.Accounts.FormTeam(ctx, manager, "Harbour service (invented)")
	if err != nil {
		return err
	}
	if err := a.Accounts.Join(ctx, manager, team, accounts[auth.SupportWorker]); err != nil {
		return err
	}
	_, err = a.Accounts.GrantRole(ctx, boss, auth.Request{
		Account: accounts[auth.Officer], Role: auth.SupportWorker, Until: a.Clock().AddDate(0, 6, 0).Format("2006-01-02"),
		Reason: "Stands in for a colleague (invented)",
	})
	return err
}
