-- The case: whose it is, in which state, and what is to be done. Names and words are sealed.

-- +goose Up
CREATE TABLE protection_case (
    org_id          text   NOT NULL REFERENCES org (id),
    id              text   NOT NULL,
    case_id         text   NOT NULL, -- the same
    person_id       text   NOT NULL,
    version         bigint NOT NULL,
    changed_by      text   NOT NULL,
    changed_at      bigint NOT NULL,
    turn            bigint NOT NULL DEFAULT 0, -- raised by whoever changes something of the case: its lock
    number          text   NOT NULL, -- what people say on the telephone
    owner           text   NOT NULL, -- an account, '' for nobody
    team            text   NOT NULL, -- '' for none
    opened_at       bigint NOT NULL,
    opened_by       text   NOT NULL,
    reason          text   NOT NULL, -- a code
    origin          text   NOT NULL, -- a code, '' for not recorded
    priority        text   NOT NULL, -- a code, '' for not set
    sensitivity     text,            -- a code; NULL means protected
    profile         text   NOT NULL, -- of law and procedure, '' until chosen
    profile_version text   NOT NULL,
    state           text   NOT NULL, -- of the record
    standing        text   NOT NULL, -- open or closed
    closed_at       bigint,
    close_reason    text   NOT NULL, -- a code
    personal        blob,            -- sealed: working name
    narrative       blob,            -- sealed: what the person told
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE UNIQUE INDEX protection_case_number ON protection_case (org_id, number);
CREATE INDEX protection_case_person ON protection_case (org_id, person_id);
CREATE INDEX protection_case_standing ON protection_case (org_id, standing, opened_at, id);
CREATE INDEX protection_case_state ON protection_case (org_id, state, opened_at, id);

-- Cases as the lists of those who work on them show them: one row for each case and holder, and one for
-- nobody while nobody is assigned.
CREATE TABLE protection_case_list (
    org_id    text   NOT NULL,
    holder    text   NOT NULL, -- account/… or team/…, or '' for nobody
    standing  text   NOT NULL,
    opened_at bigint NOT NULL,
    case_id   text   NOT NULL,
    PRIMARY KEY (org_id, holder, standing, opened_at, case_id)
);
CREATE INDEX protection_case_list_case ON protection_case_list (org_id, case_id);

CREATE INDEX assignment_holder ON assignment (org_id, holder_kind, holder_id, assigned_at);

-- Who of those assigned may read what was said in privileged counselling.
CREATE TABLE protection_counsel (
    org_id     text   NOT NULL,
    case_id    text   NOT NULL,
    account_id text   NOT NULL,
    granted_by text   NOT NULL,
    granted_at bigint NOT NULL,
    PRIMARY KEY (org_id, case_id, account_id)
);

CREATE TABLE protection_link (
    org_id       text   NOT NULL REFERENCES org (id),
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    kind         text   NOT NULL, -- a code
    other_case   text   NOT NULL,
    other_person text   NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_link_case ON protection_link (org_id, case_id);
CREATE INDEX protection_link_other ON protection_link (org_id, other_case);

CREATE TABLE protection_task (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    kind       text   NOT NULL, -- a code
    mark       text   NOT NULL, -- by which a room finds its own task again, else the id
    basis      text   NOT NULL, -- the dated rule that sets the date, '' for none
    deadline   boolean NOT NULL, -- a date that law or an agreement sets
    due_on     text   NOT NULL, -- civil date, '' for none
    due_at     bigint,          -- for a clock of hours
    holder     text   NOT NULL, -- account/… or team/…, or '' for whoever holds the case
    state      text   NOT NULL, -- open, done or dropped
    ended_by   text   NOT NULL,
    ended_at   bigint,
    personal   blob,            -- sealed: what is to be done
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_task_mark ON protection_task (org_id, case_id, mark);
CREATE INDEX protection_task_holder ON protection_task (org_id, holder, state, due_on, id);
CREATE INDEX protection_task_person ON protection_task (org_id, person_id);

CREATE TABLE protection_note (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    kind       text   NOT NULL, -- a code
    sight      text   NOT NULL, -- who may read it, a code
    author     text   NOT NULL,
    written_at bigint NOT NULL,
    narrative  blob,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_note_case ON protection_note (org_id, case_id, written_at, id);
CREATE INDEX protection_note_person ON protection_note (org_id, person_id);

-- What somebody has begun to write and not sent.
CREATE TABLE protection_draft (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    account_id text   NOT NULL,
    form       text   NOT NULL, -- which form, a code
    seen       bigint NOT NULL, -- the version of what it changes
    narrative  blob,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_draft_form ON protection_draft (org_id, account_id, case_id, form);
CREATE INDEX protection_draft_person ON protection_draft (org_id, person_id);

-- When an account looked at its work the last time, so that the next time shows what is new.
CREATE TABLE protection_visit (
    org_id     text   NOT NULL,
    account_id text   NOT NULL,
    before_at  bigint NOT NULL, -- the visit before the last
    at         bigint NOT NULL,
    PRIMARY KEY (org_id, account_id)
);
