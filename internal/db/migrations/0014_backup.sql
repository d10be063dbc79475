-- Backups of a whole node. They belong to the node, not to an organisation; only the canaries, which
-- show that a restored node opens what it sealed, are of one each.

-- +goose Up

-- Whoever can read the backups: public keys of age.
CREATE TABLE backup_recipient (
    id        text   NOT NULL PRIMARY KEY, -- hash of the key
    recipient text   NOT NULL,
    label     text   NOT NULL, -- who keeps the secret key, as a role or a place
    added_at  bigint NOT NULL
);

CREATE TABLE backup_canary (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    sealed     blob   NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- What was made, and what failed.
CREATE TABLE backup_run (
    id       text   NOT NULL PRIMARY KEY,
    began_at bigint NOT NULL,
    ended_at bigint NOT NULL,
    name     text   NOT NULL, -- of the file, without its folder
    bytes    bigint NOT NULL,
    failure  text   NOT NULL  -- '' for none; a sentence for the operator
);
CREATE INDEX backup_run_began ON backup_run (began_at);
