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
CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entry only grows';
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_entry_row BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows();

CREATE TRIGGER audit_entry_table BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows();
