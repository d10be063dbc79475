-- People as the vault knows them: whose key exists, how long it is kept, what holds it back, and who
-- was erased. Nothing here says who a person is.

-- +goose Up
CREATE TABLE vault_person (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    version     bigint NOT NULL,
    key_id      text   NOT NULL, -- 32 hexadecimal digits; the key itself is in the keyring
    retention   text   NOT NULL, -- a retention class
    retain_from text,            -- civil date from which the class counts; NULL while the file is open
    review_on   text,            -- civil date
    created_at  bigint NOT NULL,
    erased_at   bigint,          -- the row stays: it keeps the identifier from being used again
    PRIMARY KEY (org_id, id)
);
CREATE INDEX vault_person_review ON vault_person (org_id, review_on);

-- While a hold is in force the person cannot be erased.
CREATE TABLE vault_hold (
    org_id    text   NOT NULL,
    id        text   NOT NULL,
    person_id text   NOT NULL,
    ground    text   NOT NULL, -- a code
    reference text   NOT NULL, -- of the order or claim, in the words of a file number
    placed_by text   NOT NULL,
    placed_at bigint NOT NULL,
    review_on text   NOT NULL,
    lifted_by text,
    lifted_at bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX vault_hold_person ON vault_hold (org_id, person_id);
CREATE INDEX vault_hold_review ON vault_hold (org_id, review_on);

-- The journal of erasures: proposed by one, approved by another, done. Restoring an older database
-- replays it from the graves of the keyring.
CREATE TABLE vault_erasure (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    version      bigint NOT NULL,
    person_id    text   NOT NULL,
    ground       text   NOT NULL, -- a code
    proposed_by  text   NOT NULL,
    proposed_at  bigint NOT NULL,
    approved_by  text,
    approved_at  bigint,
    withdrawn_at bigint,
    destroyed_at bigint, -- when no byte of the key was left in the keyring
    finished_at  bigint, -- when everything outside the database was removed too
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX vault_erasure_person ON vault_erasure (org_id, person_id);

-- A keyring for several machines. Used only in a database of its own, which is in no backup of data;
-- elsewhere these two tables stay empty. It belongs to the node, not to an organisation.
CREATE TABLE vault_ring (
    id         bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    version    bigint NOT NULL,
    generation bigint NOT NULL,
    size       bigint NOT NULL
);

CREATE TABLE vault_ring_part (
    generation bigint NOT NULL,
    position   bigint NOT NULL, -- in bytes from the start of the ring
    content    blob   NOT NULL,
    PRIMARY KEY (generation, position)
);
