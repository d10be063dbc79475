-- Roles with an end, changes that take two people, teams, who is kept from a case, and access in an
-- emergency.

-- +goose Up
ALTER TABLE account ADD COLUMN signed_in_at bigint; -- the last time

ALTER TABLE account_role ADD COLUMN valid_from bigint NOT NULL DEFAULT 0;
ALTER TABLE account_role ADD COLUMN valid_until bigint; -- NULL: no end
ALTER TABLE account_role ADD COLUMN granted_by text NOT NULL DEFAULT '';
ALTER TABLE account_role ADD COLUMN approved_by text NOT NULL DEFAULT '';
ALTER TABLE account_role ADD COLUMN reviewed_at bigint;
ALTER TABLE account_role ADD COLUMN reviewed_by text NOT NULL DEFAULT '';

-- A change that one person proposed and another decides.
CREATE TABLE proposal (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    version     bigint NOT NULL,
    kind        text   NOT NULL,
    subject     text   NOT NULL, -- an identifier
    account_id  text   NOT NULL, -- whose access it changes; '' for nobody's
    detail      text   NOT NULL, -- a JSON object of strings, opaque to SQL
    reason      text   NOT NULL,
    proposed_by text   NOT NULL,
    proposed_at bigint NOT NULL,
    expires_at  bigint NOT NULL,
    state       text   NOT NULL, -- open, approved, declined, withdrawn
    decided_by  text   NOT NULL,
    decided_org text   NOT NULL, -- of the second person, who may be of a paired organisation
    decided_at  bigint,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX proposal_id ON proposal (id);
CREATE INDEX proposal_state ON proposal (org_id, state, expires_at);

-- Two organisations of which the one lends the other its second person.
CREATE TABLE pairing (
    org_id      text   NOT NULL REFERENCES org (id), -- whose changes are approved
    other_org   text   NOT NULL REFERENCES org (id), -- whose officer approves
    asked_by    text   NOT NULL,
    asked_at    bigint NOT NULL,
    accepted_by text   NOT NULL,
    accepted_at bigint,
    PRIMARY KEY (org_id, other_org)
);
CREATE INDEX pairing_other ON pairing (other_org);

CREATE TABLE team (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    version    bigint NOT NULL,
    name       text   NOT NULL,
    created_at bigint NOT NULL,
    closed_at  bigint,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE team_member (
    org_id     text   NOT NULL,
    team_id    text   NOT NULL,
    account_id text   NOT NULL,
    since      bigint NOT NULL,
    PRIMARY KEY (org_id, team_id, account_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX team_member_account ON team_member (org_id, account_id);

-- Who works on a case: an account or a team.
CREATE TABLE assignment (
    org_id      text   NOT NULL REFERENCES org (id),
    scope       text   NOT NULL, -- the identifier of a case, task or request
    holder_kind text   NOT NULL, -- account or team
    holder_id   text   NOT NULL,
    assigned_by text   NOT NULL,
    assigned_at bigint NOT NULL,
    PRIMARY KEY (org_id, scope, holder_kind, holder_id)
);

-- Who is kept from a case, whatever their role.
CREATE TABLE exclusion (
    org_id     text   NOT NULL,
    scope      text   NOT NULL,
    account_id text   NOT NULL,
    reason     text   NOT NULL, -- a code
    added_by   text   NOT NULL,
    added_at   bigint NOT NULL,
    PRIMARY KEY (org_id, scope, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX exclusion_account ON exclusion (org_id, account_id);

-- Access in an emergency.
CREATE TABLE glass (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    version     bigint NOT NULL,
    account_id  text   NOT NULL,
    reason      text   NOT NULL, -- a code
    scope       text   NOT NULL, -- the case it was asked for
    broken_at   bigint NOT NULL,
    until_at    bigint NOT NULL,
    ended_at    bigint,
    finding     text   NOT NULL, -- a code; '' until reviewed
    reviewed_by text   NOT NULL,
    reviewed_at bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX glass_account ON glass (org_id, account_id, broken_at);

-- Who is told at once of what.
CREATE TABLE recipient (
    org_id     text   NOT NULL,
    occasion   text   NOT NULL,
    account_id text   NOT NULL,
    PRIMARY KEY (org_id, occasion, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

-- An entry that a person's access history shows only after a day.
CREATE TABLE deferral (
    org_id      text   NOT NULL REFERENCES org (id),
    entry       text   NOT NULL, -- of the ledger
    until_on    text   NOT NULL, -- civil date
    ground      text   NOT NULL, -- a code
    proposed_by text   NOT NULL,
    approved_by text   NOT NULL,
    approved_at bigint NOT NULL,
    PRIMARY KEY (org_id, entry)
);
