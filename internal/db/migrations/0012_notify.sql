-- Notices to the people of an organisation: a code and an identifier, never a name or a text.

-- +goose Up
CREATE TABLE notice (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    to_account text   NOT NULL,
    kind       text   NOT NULL, -- a code; the words come from the catalogue of whoever shows it
    about      text   NOT NULL, -- an identifier
    created_at bigint NOT NULL,
    read_at    bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, to_account) REFERENCES account (org_id, id)
);
CREATE INDEX notice_to ON notice (org_id, to_account, created_at);
