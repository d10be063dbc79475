-- Fields that no other table of the room has, defined by data; what was defined; and which files came in.

-- +goose Up
CREATE TABLE protection_extension (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL,
    case_id     text   NOT NULL,
    person_id   text   NOT NULL,
    version     bigint NOT NULL,
    changed_by  text   NOT NULL,
    changed_at  bigint NOT NULL,
    set_id      text   NOT NULL, -- which list of fields
    set_version text   NOT NULL, -- of the list when this was written
    codes       text   NOT NULL, -- field=code, with spaces between: what identifies nobody, for counting
    personal    blob,
    sensitive   blob,
    location    blob,
    narrative   blob,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_extension_case ON protection_extension (org_id, case_id, set_id);
CREATE INDEX protection_extension_person ON protection_extension (org_id, person_id);

CREATE TABLE protection_definition (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL, -- of the list
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    content    text   NOT NULL, -- the file as it was taken in
    PRIMARY KEY (org_id, id)
);

-- A file that is taken in, or was: how far, so that one that was interrupted goes on where it was.
CREATE TABLE protection_import (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL, -- hash of standard, version and content
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    standard   text   NOT NULL,
    records    bigint NOT NULL, -- in the file
    done       bigint NOT NULL, -- of them, the last one that was dealt with
    kept       bigint NOT NULL, -- cases that were opened
    begun_at   bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);
