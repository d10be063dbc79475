-- Organisations, accounts and the three ways to act as one: session, one-time link, API token.
-- Of a secret only its SHA-256 is stored, as 64 hexadecimal digits.

-- +goose Up
CREATE TABLE org (
    id         text   NOT NULL PRIMARY KEY,
    name       text   NOT NULL,
    zone       text   NOT NULL, -- IANA time zone
    created_at bigint NOT NULL
);

CREATE TABLE account (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    version    bigint NOT NULL,
    name       text   NOT NULL,
    created_at bigint NOT NULL,
    closed_at  bigint, -- a closed account acts no more; it stays, for the ledger names it
    PRIMARY KEY (org_id, id)
);

CREATE TABLE account_role (
    org_id     text   NOT NULL,
    account_id text   NOT NULL,
    role       text   NOT NULL,
    PRIMARY KEY (org_id, account_id, role),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

CREATE TABLE session (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    account_id  text   NOT NULL,
    secret_hash text   NOT NULL,
    via         text   NOT NULL,
    created_at  bigint NOT NULL,
    seen_at     bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX session_secret ON session (secret_hash);

CREATE TABLE one_time_link (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    account_id  text   NOT NULL,
    secret_hash text   NOT NULL,
    via         text   NOT NULL, -- of the session it will start
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    redeemed_at bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX one_time_link_secret ON one_time_link (secret_hash);

CREATE TABLE api_token (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    account_id  text   NOT NULL,
    label       text   NOT NULL,
    secret_hash text   NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    revoked_at  bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX api_token_secret ON api_token (secret_hash);
