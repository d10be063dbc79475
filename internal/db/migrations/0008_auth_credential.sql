-- How people prove who they are. Nothing here lets anybody in by itself: passwords and recovery codes
-- are hashed, the secrets of code apps and identity providers are sealed under a key that is not in
-- the database, and what is kept of a passkey is public.

-- +goose Up
-- A session may be locked, may be allowed nothing but making a sign-in, and knows when its owner last
-- proved who they are. Kind of device is coarse: a family of browsers on a family of systems.
ALTER TABLE session ADD COLUMN stage text NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN way text NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN device text NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN proved_at bigint NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN locked_at bigint;
CREATE INDEX session_account ON session (org_id, account_id);
ALTER TABLE one_time_link ADD COLUMN stage text NOT NULL DEFAULT '';

-- The form that a locked session refused, sealed, until its owner is back.
CREATE TABLE session_held (
    org_id     text   NOT NULL,
    session_id text   NOT NULL,
    path       text   NOT NULL, -- of a form; forms carry nothing personal in their address
    sealed     blob   NOT NULL,
    held_at    bigint NOT NULL,
    PRIMARY KEY (org_id, session_id)
);

-- What an account is called when it signs in: a number made by chance, unique on the node, and the
-- handle by which a passkey names it. Neither says who it is.
CREATE TABLE credential_owner (
    org_id     text NOT NULL,
    account_id text NOT NULL,
    number     text NOT NULL,
    handle     text NOT NULL,
    PRIMARY KEY (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX credential_owner_number ON credential_owner (number);
CREATE UNIQUE INDEX credential_owner_handle ON credential_owner (handle);

-- A password and the app that makes its codes: one is worth nothing without the other.
CREATE TABLE credential_password (
    org_id     text   NOT NULL,
    account_id text   NOT NULL,
    version    bigint NOT NULL,
    hash       text   NOT NULL, -- with its parameters, so that they can grow
    secret     blob   NOT NULL, -- sealed
    last_step  bigint NOT NULL, -- the newest time step whose code was used
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

CREATE TABLE credential_recovery (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    account_id text   NOT NULL,
    code_hash  text   NOT NULL,
    created_at bigint NOT NULL,
    used_at    bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX credential_recovery_account ON credential_recovery (org_id, account_id);

CREATE TABLE credential_passkey (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    version    bigint NOT NULL,
    account_id text   NOT NULL,
    rp_id      text   NOT NULL, -- the host name for which it was made
    key_id     text   NOT NULL, -- base64url, as the authenticator names it
    public_key blob   NOT NULL,
    sign_count bigint NOT NULL,
    flags      bigint NOT NULL, -- of the authenticator data
    kind       text   NOT NULL, -- aaguid: the model of the authenticator
    transports text   NOT NULL,
    label      text   NOT NULL,
    created_at bigint NOT NULL,
    used_at    bigint,
    stopped_at bigint, -- its counter went back: there may be two of it
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX credential_passkey_key ON credential_passkey (rp_id, key_id);
CREATE INDEX credential_passkey_account ON credential_passkey (org_id, account_id);

-- A ceremony that has begun: kept by the node, found by the hash of a secret in one browser, used once.
CREATE TABLE credential_ceremony (
    secret_hash text   NOT NULL PRIMARY KEY,
    kind        text   NOT NULL,
    org_id      text   NOT NULL, -- empty before anybody is known
    account_id  text   NOT NULL,
    about       text   NOT NULL, -- of an identity provider: its id
    content     blob   NOT NULL,
    expires_at  bigint NOT NULL
);
CREATE INDEX credential_ceremony_expires ON credential_ceremony (expires_at);

-- An identity provider of an organisation: set up by one, approved by another.
CREATE TABLE credential_provider (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    version     bigint NOT NULL,
    label       text   NOT NULL, -- on the button
    issuer      text   NOT NULL,
    client_id   text   NOT NULL,
    secret      blob   NOT NULL, -- sealed
    proposed_by text   NOT NULL,
    approved_by text   NOT NULL,
    created_at  bigint NOT NULL,
    removed_at  bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id) REFERENCES org (id)
);

-- An account at a provider: bound to issuer and subject, never to an address.
CREATE TABLE credential_identity (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    account_id  text   NOT NULL,
    provider_id text   NOT NULL,
    issuer      text   NOT NULL,
    subject     text   NOT NULL,
    linked_by   text   NOT NULL,
    created_at  bigint NOT NULL,
    used_at     bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id),
    FOREIGN KEY (org_id, provider_id) REFERENCES credential_provider (org_id, id)
);
CREATE UNIQUE INDEX credential_identity_subject ON credential_identity (org_id, issuer, subject);
CREATE INDEX credential_identity_account ON credential_identity (org_id, account_id);

-- A browser from which an account was signed in before.
CREATE TABLE credential_device (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    account_id  text   NOT NULL,
    secret_hash text   NOT NULL,
    created_at  bigint NOT NULL,
    used_at     bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX credential_device_secret ON credential_device (secret_hash);
CREATE INDEX credential_device_account ON credential_device (org_id, account_id);

-- How fast one source may try: the moment when its budget is whole again. The source is hashed.
CREATE TABLE credential_pace (
    source   text   NOT NULL PRIMARY KEY,
    whole_at bigint NOT NULL
);
CREATE INDEX credential_pace_whole ON credential_pace (whole_at);

-- A reset that two people decided: who of them may hand out the link, once.
CREATE TABLE credential_reset (
    org_id       text   NOT NULL,
    id           text   NOT NULL, -- of the proposal
    account_id   text   NOT NULL,
    approved_org text   NOT NULL,
    approved_by  text   NOT NULL,
    approved_at  bigint NOT NULL,
    issued_at    bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
