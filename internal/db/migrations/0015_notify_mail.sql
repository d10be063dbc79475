-- Letters that say only that something waits. Addresses are those of staff, at work.

-- +goose Up
CREATE TABLE notify_gateway (
    org_id     text   NOT NULL REFERENCES org (id),
    host       text   NOT NULL,
    port       bigint NOT NULL,
    sender     text   NOT NULL, -- address that letters come from
    login      text   NOT NULL, -- '' for none
    password   blob   NOT NULL, -- sealed; empty for none
    changed_at bigint NOT NULL,
    PRIMARY KEY (org_id)
);

CREATE TABLE notify_address (
    org_id     text   NOT NULL,
    account_id text   NOT NULL,
    address    text   NOT NULL,
    lang       text   NOT NULL, -- of the letter
    written_at bigint,          -- when the last letter went
    failed     bigint NOT NULL, -- letters that were refused since one was taken
    PRIMARY KEY (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
