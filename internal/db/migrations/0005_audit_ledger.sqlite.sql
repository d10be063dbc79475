-- The ledger: every entry is committed to when it is written, and sequenced into a Merkle log of its
-- organisation afterwards.

-- +goose Up

-- What the log commits to. NULL in rows written before there was a log: those are not in it.
ALTER TABLE audit_entry ADD COLUMN commitment blob;
-- NULL when the entry is about a person: then actor, kind, subject and detail are empty here too.
ALTER TABLE audit_entry ADD COLUMN salt blob;

-- Salt and readable entry, sealed under the key of the person concerned. An erasure deletes them.
CREATE TABLE audit_sealed (
    org_id    text NOT NULL,
    entry_id  text NOT NULL,
    person_id text NOT NULL,
    sealed    blob NOT NULL,
    PRIMARY KEY (org_id, entry_id)
);
CREATE INDEX audit_sealed_person ON audit_sealed (org_id, person_id);

-- Entries that are committed to and not yet in the log, in the order in which they will come: one row
-- for the entries that were appended by one call, whose identifiers follow one another.
CREATE TABLE audit_pending (
    org_id   text   NOT NULL,
    at       bigint NOT NULL,
    ordinal  bigint NOT NULL, -- of the first
    first_id text   NOT NULL,
    last_id  text   NOT NULL,
    entries  bigint NOT NULL,
    PRIMARY KEY (org_id, at, ordinal, first_id)
) WITHOUT ROWID;

-- The logs of an organisation. One ends and the next begins when a backup is restored.
CREATE TABLE audit_log (
    org_id      text   NOT NULL,
    number      bigint NOT NULL, -- from 1
    version     bigint NOT NULL,
    origin      text   NOT NULL, -- the name of the log, as signed
    size        bigint NOT NULL, -- entries in the log
    root        blob   NOT NULL, -- tree hash of them
    signed      bigint NOT NULL, -- size of the last checkpoint, 0 before the first
    checkpoints bigint NOT NULL, -- how many there are
    verifier    text   NOT NULL, -- public key, '' before the first checkpoint
    restored    text   NOT NULL, -- line of the first checkpoint that names the log before, or ''
    PRIMARY KEY (org_id, number)
);

-- The leaves of a log. A leaf without entry is padding and has its salt here.
CREATE TABLE audit_leaf (
    org_id     text   NOT NULL,
    log        bigint NOT NULL,
    idx        bigint NOT NULL, -- from 0
    entry_id   text   NOT NULL, -- '' for padding
    commitment blob   NOT NULL,
    salt       blob,
    PRIMARY KEY (org_id, log, idx)
) WITHOUT ROWID;
CREATE INDEX audit_leaf_entry ON audit_leaf (org_id, entry_id);

-- The hashes of the tree, 256 to a tile (C2SP tlog-tiles). The last tile of a level grows.
CREATE TABLE audit_tile (
    org_id text   NOT NULL,
    log    bigint NOT NULL,
    level  bigint NOT NULL,
    n      bigint NOT NULL,
    hashes blob   NOT NULL,
    PRIMARY KEY (org_id, log, level, n)
);

CREATE TABLE audit_checkpoint (
    org_id    text   NOT NULL,
    log       bigint NOT NULL,
    number    bigint NOT NULL, -- from 1, so that a missing one shows
    size      bigint NOT NULL,
    at        bigint NOT NULL,
    note      text   NOT NULL, -- signed by the log and, behind that, by witnesses
    witnessed bigint NOT NULL, -- how many witnesses have signed it
    PRIMARY KEY (org_id, log, number)
);
CREATE INDEX audit_checkpoint_witnessed ON audit_checkpoint (org_id, log, witnessed, size);

-- Whose signature counts, as an organisation has decided.
CREATE TABLE audit_witness (
    org_id   text   NOT NULL,
    name     text   NOT NULL,
    verifier text   NOT NULL, -- public key
    added_at bigint NOT NULL,
    PRIMARY KEY (org_id, name)
);

-- Which process sequences, so that others need not try. The log is whole without it.
CREATE TABLE audit_lease (
    name       text   NOT NULL PRIMARY KEY,
    holder     text   NOT NULL,
    expires_at bigint NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER audit_sealed_update BEFORE UPDATE ON audit_sealed
BEGIN
    SELECT RAISE(ABORT, 'audit_sealed only grows');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_leaf_update BEFORE UPDATE ON audit_leaf
BEGIN
    SELECT RAISE(ABORT, 'audit_leaf only grows');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_leaf_delete BEFORE DELETE ON audit_leaf
BEGIN
    SELECT RAISE(ABORT, 'audit_leaf only grows');
END;
-- +goose StatementEnd

-- REPLACE deletes without the triggers above.
-- +goose StatementBegin
CREATE TRIGGER audit_sealed_replace BEFORE INSERT ON audit_sealed
WHEN EXISTS (SELECT 1 FROM audit_sealed WHERE org_id = NEW.org_id AND entry_id = NEW.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_sealed only grows');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_leaf_replace BEFORE INSERT ON audit_leaf
WHEN EXISTS (SELECT 1 FROM audit_leaf WHERE org_id = NEW.org_id AND log = NEW.log AND idx = NEW.idx)
BEGIN
    SELECT RAISE(ABORT, 'audit_leaf only grows');
END;
-- +goose StatementEnd
