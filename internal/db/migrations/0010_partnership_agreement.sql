-- Agreements between organisations, and what an organisation has put on the shelf for them. Each
-- party keeps a copy of its own: no statement joins the rows of two organisations.

-- +goose Up
CREATE TABLE partnership_agreement (
    org_id               text   NOT NULL REFERENCES org (id),
    id                   text   NOT NULL, -- the same in every party's copy
    version              bigint NOT NULL,
    partner_org          text   NOT NULL,
    partner_name         text   NOT NULL,
    created_at           bigint NOT NULL,
    suspended_at         bigint, -- by this party
    partner_suspended_at bigint, -- by the other
    ended_at             bigint,
    PRIMARY KEY (org_id, id)
);

-- The versions of an agreement. What the parties sign is the text, byte for byte.
CREATE TABLE partnership_agreement_serial (
    org_id       text    NOT NULL,
    agreement_id text    NOT NULL,
    serial       bigint  NOT NULL,
    document     text    NOT NULL, -- RFC 8785
    hash         text    NOT NULL, -- SHA-256 of it, 64 hexadecimal digits
    state        text    NOT NULL CHECK (state IN ('draft', 'offered', 'signed', 'declined')),
    ours         boolean NOT NULL, -- drafted by this party
    drafted_by   text,             -- account, where ours
    made_at      bigint  NOT NULL,
    signed_at    bigint,           -- by the last party; it is not in force before
    PRIMARY KEY (org_id, agreement_id, serial),
    FOREIGN KEY (org_id, agreement_id) REFERENCES partnership_agreement (org_id, id)
);

CREATE TABLE partnership_agreement_signature (
    org_id       text   NOT NULL,
    agreement_id text   NOT NULL,
    serial       bigint NOT NULL,
    party        text   NOT NULL,
    signature    text   NOT NULL, -- Ed25519, 128 hexadecimal digits
    account      text,            -- who signed, where it is this party
    at           bigint NOT NULL,
    PRIMARY KEY (org_id, agreement_id, serial, party),
    FOREIGN KEY (org_id, agreement_id, serial) REFERENCES partnership_agreement_serial (org_id, agreement_id, serial)
);

-- The public keys of parties as this organisation first saw them. Another key needs pairing anew.
CREATE TABLE partnership_key (
    org_id     text   NOT NULL REFERENCES org (id),
    party      text   NOT NULL,
    public_key text   NOT NULL, -- 64 hexadecimal digits
    since      bigint NOT NULL,
    PRIMARY KEY (org_id, party)
);

-- What happened to an agreement, for people; the ledger is the proof.
CREATE TABLE partnership_agreement_event (
    org_id       text    NOT NULL,
    id           text    NOT NULL,
    agreement_id text    NOT NULL,
    at           bigint  NOT NULL,
    kind         text    NOT NULL,
    serial       bigint  NOT NULL,
    ours         boolean NOT NULL,
    account      text,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, agreement_id) REFERENCES partnership_agreement (org_id, id)
);
CREATE INDEX partnership_agreement_event_of ON partnership_agreement_event (org_id, agreement_id, at);

-- What partners may ask for: the marks of a record in clear, its fields sealed under the person's key.
CREATE TABLE partnership_record (
    org_id      text    NOT NULL,
    id          text    NOT NULL,
    version     bigint  NOT NULL,
    person_id   text    NOT NULL,
    subject     text    NOT NULL,
    class       text    NOT NULL,
    tlp         text    NOT NULL,
    handling    text    NOT NULL,
    source      text    NOT NULL,
    information bigint  NOT NULL,
    withheld    boolean NOT NULL, -- kept back by the holder, whatever an agreement says
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX partnership_record_person ON partnership_record (org_id, person_id);

CREATE TABLE partnership_record_field (
    org_id    text   NOT NULL,
    record_id text   NOT NULL,
    field     text   NOT NULL,
    version   bigint NOT NULL,
    sealed    blob   NOT NULL,
    PRIMARY KEY (org_id, record_id, field),
    FOREIGN KEY (org_id, record_id) REFERENCES partnership_record (org_id, id)
);

-- On what a person's data may go to whom: consent, or a ground of law. Never changed, only ended.
CREATE TABLE partnership_authority (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    person_id  text   NOT NULL,
    kind       text   NOT NULL,
    to_party   text   NOT NULL,
    purpose    text   NOT NULL,
    class      text   NOT NULL,
    from_at    bigint NOT NULL,
    until_at   bigint NOT NULL,
    ended_at   bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX partnership_authority_person ON partnership_authority (org_id, person_id);
