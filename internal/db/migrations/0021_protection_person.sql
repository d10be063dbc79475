-- Who somebody is, kept in sections, each a row of its own so that two people can write at once. In clear
-- stand only the name of the section and whether the safeguards of a child hold.

-- +goose Up
CREATE TABLE protection_person (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL, -- in which it was begun
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    section    text   NOT NULL,
    -- of the section birth: '' unknown, 'child', 'maybe' or 'adult', as of the last change. Only 'adult' ends
    -- the safeguards.
    standing   text   NOT NULL,
    personal   blob,
    sensitive  blob,
    location   blob,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_person_section ON protection_person (org_id, person_id, section);

CREATE TABLE protection_age_assessment (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    stage      text   NOT NULL,
    sensitive  blob,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_age_assessment_person ON protection_age_assessment (org_id, person_id);

-- Whoever interprets has no account and sees no case. How to reach them, and where they come from, is sealed
-- with the secrets of the organisation.
CREATE TABLE protection_interpreter (
    org_id       text   NOT NULL REFERENCES org (id),
    id           text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    name         text   NOT NULL, -- a working name
    gender       text   NOT NULL,
    languages    text   NOT NULL, -- BCP 47 tags with spaces between
    signs        boolean NOT NULL,
    vetted_on    text   NOT NULL, -- civil dates, '' for none
    vetted_until text   NOT NULL,
    ended_on     text   NOT NULL,
    private      blob,
    PRIMARY KEY (org_id, id)
);

-- What stands between an interpreter and a person.
CREATE TABLE protection_interpreter_tie (
    org_id         text    NOT NULL REFERENCES org (id),
    id             text    NOT NULL,
    case_id        text    NOT NULL,
    person_id      text    NOT NULL,
    version        bigint  NOT NULL,
    changed_by     text    NOT NULL,
    changed_at     bigint  NOT NULL,
    interpreter_id text    NOT NULL,
    tie            text    NOT NULL, -- '' not checked, 'clear', 'conflict'
    refused        boolean NOT NULL,
    -- what spoke against them when somebody looked last, '' for nothing: codes with spaces between; and which
    -- versions of the register and of the person's languages that was
    hindrances     text    NOT NULL,
    looked_at      bigint  NOT NULL,
    need_version   bigint  NOT NULL,
    sensitive      blob,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_interpreter_tie_once ON protection_interpreter_tie (org_id, person_id, interpreter_id);

CREATE TABLE protection_interpreter_session (
    org_id         text   NOT NULL REFERENCES org (id),
    id             text   NOT NULL,
    case_id        text   NOT NULL,
    person_id      text   NOT NULL,
    version        bigint NOT NULL,
    changed_by     text   NOT NULL,
    changed_at     bigint NOT NULL,
    interpreter_id text   NOT NULL,
    sensitive      blob,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_interpreter_session_person ON protection_interpreter_session (org_id, person_id);

-- A guardianship that ends with childhood has no date here: it would be a date of birth.
CREATE TABLE protection_guardian (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    case_id     text   NOT NULL,
    person_id   text   NOT NULL,
    version     bigint NOT NULL,
    changed_by  text   NOT NULL,
    changed_at  bigint NOT NULL,
    objections  text   NOT NULL, -- codes with spaces between, without those of time; '' for nothing against them
    scope       text   NOT NULL, -- codes with spaces between
    valid_from  text   NOT NULL, -- civil dates, '' for open
    valid_until text   NOT NULL,
    ended_on    text   NOT NULL,
    personal    blob,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_guardian_person ON protection_guardian (org_id, person_id);

CREATE TABLE protection_best_interests (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    case_id     text   NOT NULL,
    person_id   text   NOT NULL,
    version     bigint NOT NULL,
    changed_by  text   NOT NULL,
    changed_at  bigint NOT NULL,
    matter      text   NOT NULL,
    finding     text   NOT NULL,
    heard       text   NOT NULL,
    decided_on  text   NOT NULL,
    valid_until text   NOT NULL,
    narrative   blob,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_best_interests_person ON protection_best_interests (org_id, person_id);

-- What somebody decided about two files that may be of one person. Nothing is merged. The two persons stand in
-- the order of their identifiers; the row goes with either.
CREATE TABLE protection_duplicate (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    other_id   text   NOT NULL, -- the other person
    other_case text   NOT NULL,
    decision   text   NOT NULL, -- 'same', 'different', 'unsure'
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_duplicate_pair ON protection_duplicate (org_id, person_id, other_id);
CREATE INDEX protection_duplicate_other ON protection_duplicate (org_id, other_id);
