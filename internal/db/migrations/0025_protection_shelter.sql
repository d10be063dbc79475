-- Somewhere to stay: areas and what lies beside them, a directory of services, protected places of which
-- nothing finer than an area is clear, and what happens between asking for a bed and leaving it.

-- +goose Up
CREATE TABLE protection_area (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL, -- ISO 3166: a country or a first subdivision
    version    bigint NOT NULL,
    name       text   NOT NULL,
    near       text   NOT NULL, -- codes of areas beside it, with spaces between
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE protection_service (
    org_id      text    NOT NULL REFERENCES org (id),
    id          text    NOT NULL,
    version     bigint  NOT NULL,
    source      text    NOT NULL, -- of which import, a code; 'own' for what was written here
    foreign_id  text    NOT NULL, -- its identifier there
    name        text    NOT NULL,
    status      text    NOT NULL, -- of HSDS
    stay        boolean NOT NULL, -- somewhere to stay: it has no address here
    areas       text    NOT NULL, -- codes with spaces between
    verified_on text    NOT NULL, -- civil date, '' for never
    doc         text    NOT NULL, -- all that is known of it, JSON
    changed_by  text    NOT NULL,
    changed_at  bigint  NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX protection_service_foreign ON protection_service (org_id, source, foreign_id);
CREATE INDEX protection_service_name ON protection_service (org_id, status, name, id);

-- A protected place has a key of its own, as a person has: person_id and case_id are its identifier.
CREATE TABLE protection_place (
    org_id      text    NOT NULL REFERENCES org (id),
    id          text    NOT NULL,
    case_id     text    NOT NULL,
    person_id   text    NOT NULL,
    version     bigint  NOT NULL,
    changed_by  text    NOT NULL,
    changed_at  bigint  NOT NULL,
    turn        bigint  NOT NULL DEFAULT 0, -- raised by whoever takes or frees a room: its lock
    code        text    NOT NULL, -- by which others speak of it; random
    team        text    NOT NULL, -- that runs it
    area        text    NOT NULL,
    open        boolean NOT NULL,
    verified_on text    NOT NULL, -- when the team said last that this is so
    rules       text    NOT NULL, -- whom it takes, JSON of codes and numbers
    units       text    NOT NULL, -- rooms by size, JSON of numbers
    location    blob,             -- sealed: name, address, how to get there
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE UNIQUE INDEX protection_place_code ON protection_place (org_id, code);
CREATE INDEX protection_place_person ON protection_place (org_id, person_id);

CREATE TABLE protection_placement (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    state      text   NOT NULL,
    reason     text   NOT NULL, -- why it ended, a code; '' while it has not
    place      text   NOT NULL, -- '' while none is offered
    size       bigint NOT NULL, -- of the room that is held, 0 for none
    party      bigint NOT NULL, -- how many people
    answer     text   NOT NULL, -- of the place: yes, or '' while it has not said
    asked_at   bigint NOT NULL,
    since      bigint NOT NULL, -- of this state
    sensitive  blob,            -- sealed: the need, and what was done while the person was missing
    location   blob,            -- sealed: where to meet whoever brings the person in
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_placement_case ON protection_placement (org_id, case_id, asked_at, id);
CREATE INDEX protection_placement_person ON protection_placement (org_id, person_id);
CREATE INDEX protection_placement_state ON protection_placement (org_id, state, asked_at, id);
CREATE INDEX protection_placement_place ON protection_placement (org_id, place, state);
