-- What happened, by whom, to what: one row with every change. Rows are written unsequenced; the
-- ledger numbers them in a table of its own, so that a row, once written, never changes.

-- +goose Up
CREATE TABLE audit_entry (
    org_id  text   NOT NULL,
    id      text   NOT NULL,
    at      bigint NOT NULL,
    ordinal bigint NOT NULL, -- within its transaction, from 1
    actor   text   NOT NULL, -- an account, or "cli"
    kind    text   NOT NULL,
    subject text   NOT NULL, -- an identifier, never a name
    detail  text   NOT NULL, -- a JSON object of strings, opaque to SQL
    PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_entry_at ON audit_entry (org_id, at);

-- +goose StatementBegin
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry only grows');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit_entry only grows');
END;
-- +goose StatementEnd

-- REPLACE deletes without the trigger above.
-- +goose StatementBegin
CREATE TRIGGER audit_entry_replace BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE org_id = NEW.org_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'audit_entry only grows');
END;
-- +goose StatementEnd
