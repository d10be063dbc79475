-- The search index over names, documents and phone numbers: see internal/vault/blind. Nothing in
-- vault_index_bucket and vault_index_block can be read or compared without the organisation's index
-- key, and nothing there stands beside a person.

-- +goose Up
CREATE TABLE vault_index (
    org_id     text   NOT NULL PRIMARY KEY REFERENCES org (id),
    version    bigint NOT NULL, -- raised by whoever changes buckets or blocks: their lock
    generation bigint NOT NULL, -- which rows of the two tables below are in force
    base       bigint NOT NULL, -- the first bucket has this id; random for each generation
    buckets    bigint NOT NULL,
    cells      bigint NOT NULL, -- in all buckets
    normaliser bigint NOT NULL, -- the version with which the tokens were made
    stale      bigint NOT NULL  -- 1: holds what can no longer be removed one by one, and is to be built anew
);

-- Ids are random numbers of 63 bits, so one organisation's never meet another's; as row numbers they
-- save SQLite the look into a second tree for each of the hundreds of rows that a search reads.
-- A bucket is a row of cells of one size, in the order of their labels. A cell is a part of its label
-- and a sealed reference.
CREATE TABLE vault_index_bucket (
    org_id     text   NOT NULL,
    id         INTEGER PRIMARY KEY,
    generation bigint NOT NULL,
    cells      blob   NOT NULL
);

-- The rest of a long list: sealed blocks of two sizes. The id is the label.
CREATE TABLE vault_index_block (
    org_id     text   NOT NULL,
    id         INTEGER PRIMARY KEY,
    generation bigint NOT NULL,
    refs       blob   NOT NULL
);

-- Who is in the index. The slot is random and stands, sealed, in the references; the terms are sealed
-- under the person's own key.
CREATE TABLE vault_indexed (
    org_id    text   NOT NULL,
    person_id text   NOT NULL,
    version   bigint NOT NULL,
    slot      bigint NOT NULL,
    waiting   bigint,          -- since when the buckets do not have the newest terms; NULL: they have
    terms     blob   NOT NULL,
    PRIMARY KEY (org_id, person_id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
-- With the person, so that a search needs no look at the rows of its candidates.
CREATE INDEX vault_indexed_slot ON vault_indexed (org_id, slot, person_id);
CREATE INDEX vault_indexed_waiting ON vault_indexed (org_id, waiting) WHERE waiting IS NOT NULL;

-- When an account has searched in the last day, eight bytes each.
CREATE TABLE vault_search (
    org_id     text   NOT NULL,
    account_id text   NOT NULL,
    version    bigint NOT NULL,
    instants   blob   NOT NULL,
    PRIMARY KEY (org_id, account_id)
);
