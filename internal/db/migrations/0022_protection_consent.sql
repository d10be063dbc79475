-- What people have agreed to, on what ground something was done without it, and what has left.
-- Codes decide in the transaction in which something leaves, so they stand in clear; who was there, in
-- which language, in which words and why are sealed under the person's key.

-- +goose Up
CREATE TABLE protection_consent (
    org_id       text    NOT NULL,
    id           text    NOT NULL,
    case_id      text    NOT NULL,
    person_id    text    NOT NULL,
    version      bigint  NOT NULL,
    changed_by   text    NOT NULL,
    changed_at   bigint  NOT NULL,
    kind         text    NOT NULL,
    state        text    NOT NULL CHECK (state IN ('draft', 'given', 'withdrawn', 'superseded', 'refused')),
    decided_at   bigint  NOT NULL, -- 0 while a draft
    until_at     bigint  NOT NULL, -- 0 for a refusal or a draft without an end
    ended_at     bigint  NOT NULL, -- when it was withdrawn or superseded, else 0
    classes      text    NOT NULL, -- codes, with spaces between them; so are the next ones
    purposes     text    NOT NULL,
    explained    text    NOT NULL,
    information  text    NOT NULL, -- version of what was explained
    own_language text    NOT NULL,
    understood   text    NOT NULL,
    decided_by   text    NOT NULL,
    assent       text    NOT NULL,
    guardian     text    NOT NULL, -- identifier, or ''
    interpreter  text    NOT NULL, -- identifier, or ''
    exploiter    text    NOT NULL,
    method       text    NOT NULL,
    supersedes   text    NOT NULL, -- the consent whose place it took, or ''
    interpreter_fit boolean NOT NULL, -- nothing spoke against the interpreter when it was given
    told         blob,             -- sealed: language, who was there, in whose words
    taken        blob,             -- sealed: why it was taken back, where the person said so
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_consent_person ON protection_consent (org_id, person_id);
CREATE INDEX protection_consent_case ON protection_consent (org_id, case_id);
CREATE INDEX protection_consent_until ON protection_consent (org_id, state, until_at);

-- One row for each recipient of a consent: what holds there, and when it was taken back there.
CREATE TABLE protection_consent_term (
    org_id     text   NOT NULL,
    consent_id text   NOT NULL,
    recipient  text   NOT NULL,
    ordinal    bigint NOT NULL,
    person_id  text   NOT NULL,
    recall     text   NOT NULL,
    why        text   NOT NULL,
    feeds      text   NOT NULL,
    ended_at   bigint NOT NULL, -- 0 while it stands
    PRIMARY KEY (org_id, consent_id, recipient),
    FOREIGN KEY (org_id, consent_id) REFERENCES protection_consent (org_id, id)
);
CREATE INDEX protection_consent_term_person ON protection_consent_term (org_id, person_id);

-- Legal bases: a duty, an emergency, discretion, a demand.
CREATE TABLE protection_basis (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    ground       text   NOT NULL CHECK (ground IN ('duty', 'emergency', 'discretion', 'demand')),
    step         text   NOT NULL CHECK (step IN ('open', 'live', 'done', 'declined')),
    recipient    text   NOT NULL,
    classes      text   NOT NULL,
    purpose      text   NOT NULL,
    begun_at     bigint NOT NULL,
    until_at     bigint NOT NULL,
    done_at      bigint NOT NULL,
    noted_by     text   NOT NULL,
    second       text   NOT NULL, -- who agreed or reviewed, or ''
    told         text   NOT NULL,
    rule         text   NOT NULL, -- row and version of a profile, or ''
    rule_version text   NOT NULL,
    due_at       bigint NOT NULL, -- 0 when nothing names a time
    authentic    text   NOT NULL,
    privileged   text   NOT NULL,
    object_until bigint NOT NULL,
    objection    text   NOT NULL,
    may_tell     text   NOT NULL,
    hold_id      text   NOT NULL,
    seen         text   NOT NULL, -- hash of the refusals that whoever decided had before them
    second_seen  text   NOT NULL,
    reason       blob,            -- sealed: why, under which reference, whom it names
    review       blob,            -- sealed: what the second person wrote
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_basis_person ON protection_basis (org_id, person_id);
CREATE INDEX protection_basis_case ON protection_basis (org_id, case_id);
CREATE INDEX protection_basis_open ON protection_basis (org_id, step, ground);

-- What has left, to whom, on what ground. Consent and legal basis are two columns, one of which is set.
CREATE TABLE protection_disclosure (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    recipient    text   NOT NULL,
    classes      text   NOT NULL,
    purpose      text   NOT NULL,
    content_hash text   NOT NULL, -- SHA-256 with a random salt, or '' for what was only said
    consent_id   text   NOT NULL,
    basis_id     text   NOT NULL,
    agreement_id text   NOT NULL, -- '' for what left by hand
    share        text   NOT NULL, -- what it left with: a referral, a record on the shelf
    left_at      bigint NOT NULL,
    receipt      text   NOT NULL,
    receipt_at   bigint NOT NULL,
    recall       text   NOT NULL, -- state of the recall, '' while none is asked
    how          blob,            -- sealed: what was said, to whom by name
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id),
    CHECK ((consent_id = '') <> (basis_id = ''))
);
CREATE INDEX protection_disclosure_person ON protection_disclosure (org_id, person_id, left_at);
CREATE INDEX protection_disclosure_case ON protection_disclosure (org_id, case_id);
CREATE INDEX protection_disclosure_consent ON protection_disclosure (org_id, consent_id);

-- Recalls: each party keeps a row of its own, under the same identifier. Whoever is asked to give back
-- learns what the share was called and nothing of the person.
CREATE TABLE protection_recall (
    org_id        text   NOT NULL REFERENCES org (id),
    id            text   NOT NULL,
    version       bigint NOT NULL,
    direction     text   NOT NULL CHECK (direction IN ('out', 'in')),
    partner       text   NOT NULL, -- code of the other side
    share         text   NOT NULL,
    disclosure_id text   NOT NULL, -- of ours; '' where we are asked
    case_id       text   NOT NULL, -- of ours; '' where we are asked
    person_id     text   NOT NULL, -- of ours; '' where we are asked
    because       text   NOT NULL,
    made_at       bigint NOT NULL,
    sent_at       bigint NOT NULL, -- 0 until the other side was told
    answer        text   NOT NULL, -- '' until there is one
    answer_why    text   NOT NULL,
    answered_at   bigint NOT NULL,
    answered_by   text   NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_recall_share ON protection_recall (org_id, direction, share);
CREATE INDEX protection_recall_person ON protection_recall (org_id, person_id);
CREATE INDEX protection_recall_waiting ON protection_recall (org_id, direction, answer);

-- Whether an organisation may let data out only on a written release that is limited in time.
CREATE TABLE protection_release (
    org_id     text    NOT NULL REFERENCES org (id),
    id         text    NOT NULL, -- 'rule'
    version    bigint  NOT NULL,
    covered    boolean NOT NULL,
    changed_by text    NOT NULL,
    changed_at bigint  NOT NULL,
    PRIMARY KEY (org_id, id)
);
