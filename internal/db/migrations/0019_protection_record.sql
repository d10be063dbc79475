-- What the tables of the room of protection share: what a row was before it was changed, and what a
-- form that was sent twice has answered the first time.

-- +goose Up
CREATE TABLE protection_history (
    org_id     text   NOT NULL REFERENCES org (id),
    record     text   NOT NULL, -- name of the table, "/", identifier of the row
    version    bigint NOT NULL, -- of the row until it was changed
    field      text   NOT NULL, -- the sealed column, or '' for the clear ones together
    person_id  text   NOT NULL,
    changed_by text   NOT NULL, -- who had written this version
    changed_at bigint NOT NULL,
    content    blob   NOT NULL, -- as the column had it; clear columns as a JSON object
    PRIMARY KEY (org_id, record, version, field)
);
CREATE INDEX protection_history_person ON protection_history (org_id, person_id);

-- A form carries a key that was made with it. Rows older than a week are removed.
CREATE TABLE protection_submission (
    org_id     text   NOT NULL REFERENCES org (id),
    account_id text   NOT NULL,
    key        text   NOT NULL,
    result     text   NOT NULL, -- an identifier
    at         bigint NOT NULL,
    PRIMARY KEY (org_id, account_id, key)
);
CREATE INDEX protection_submission_at ON protection_submission (org_id, account_id, at);
