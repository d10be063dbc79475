-- Attachments. What is in them, their names, kinds and lengths are sealed; the chunks lie in a folder,
-- or, when several machines serve one node, in attachment_chunk.

-- +goose Up
CREATE TABLE attachment (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    version    bigint NOT NULL,
    person_id  text   NOT NULL,
    record     text   NOT NULL, -- identifier of the record that it is attached to
    state      text   NOT NULL CHECK (state IN ('arriving', 'kept')),
    metadata   text   NOT NULL CHECK (metadata IN ('', 'none', 'stripped', 'kept')),
    content_id text   NOT NULL, -- under which the chunks lie
    chunks     bigint NOT NULL, -- so far, while it arrives
    card       blob   NOT NULL, -- sealed: key, name, kind, length, fingerprint
    created_by text   NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,          -- while it arrives
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX attachment_person ON attachment (org_id, person_id);
CREATE INDEX attachment_record ON attachment (org_id, record);

CREATE TABLE attachment_chunk (
    org_id  text   NOT NULL,
    attachment_id text   NOT NULL,
    n       bigint NOT NULL,
    content blob   NOT NULL,
    at      bigint NOT NULL,
    PRIMARY KEY (org_id, attachment_id, n)
);

-- What is to be removed from the store, when the rows that named it are gone already.
CREATE TABLE attachment_grave (
    org_id     text   NOT NULL,
    content_id text   NOT NULL,
    at         bigint NOT NULL,
    PRIMARY KEY (org_id, content_id)
);
