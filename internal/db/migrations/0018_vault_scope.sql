-- Which cases a person is the subject of. What is sealed about the person opens only within one of them,
-- and who is kept from one of them is kept from all.

-- +goose Up
CREATE TABLE vault_scope (
    org_id    text   NOT NULL,
    scope     text   NOT NULL, -- the identifier of a case
    person_id text   NOT NULL,
    bound_at  bigint NOT NULL,
    PRIMARY KEY (org_id, scope, person_id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX vault_scope_person ON vault_scope (org_id, person_id, scope);
