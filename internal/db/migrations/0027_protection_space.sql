-- A person's own page: the slip with which they come in, their visits, and what is written between them
-- and those who help.

-- +goose Up
-- The number of a slip and its words stand nowhere: only hashes, of the words together with the number.
CREATE TABLE protection_slip (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    case_id     text   NOT NULL,
    person_id   text   NOT NULL,
    number_hash text   NOT NULL,
    word_hash   text   NOT NULL,
    other_hash  text   NOT NULL, -- of the word that opens a harmless page; of nothing when there is none
    made_by     text   NOT NULL,
    made_at     bigint NOT NULL,
    until_at    bigint NOT NULL,
    ended_at    bigint NOT NULL DEFAULT 0, -- when it was revoked; 0 while it holds
    used_at     bigint NOT NULL DEFAULT 0,
    wrong       bigint NOT NULL DEFAULT 0, -- wrong words since it was last used
    wrong_now   bigint NOT NULL DEFAULT 0, -- of these, since wrong_since
    wrong_since bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE UNIQUE INDEX protection_slip_number ON protection_slip (number_hash);
CREATE INDEX protection_slip_case ON protection_slip (org_id, case_id, made_at);

CREATE TABLE protection_slip_visit (
    org_id   text    NOT NULL REFERENCES org (id),
    id       text    NOT NULL, -- hash of what the browser holds
    slip_id  text    NOT NULL,
    harmless boolean NOT NULL,
    began_at bigint  NOT NULL,
    seen_at  bigint  NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_slip_visit_id ON protection_slip_visit (id);
CREATE INDEX protection_slip_visit_slip ON protection_slip_visit (org_id, slip_id);

CREATE TABLE protection_own (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    kind       text   NOT NULL, -- a date, something the person asks or says
    state      text   NOT NULL, -- open, answered or over
    about      text   NOT NULL, -- a code of what it is about; '' for nothing of the kind
    at         bigint NOT NULL, -- when it was written; of a date, when it is
    apart      text   NOT NULL, -- accounts that must not read it, with spaces between
    personal   blob,            -- sealed: the words and the answer
    overseen   blob,            -- sealed: those for whoever oversees the service
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_own_case ON protection_own (org_id, case_id, kind, at);
CREATE INDEX protection_own_person ON protection_own (org_id, person_id);
CREATE INDEX protection_own_kind ON protection_own (org_id, kind, state, at);
