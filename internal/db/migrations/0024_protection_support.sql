-- Support, what a person decided about justice, and the safety of those who help. Codes that tell of
-- danger, health, a need or a role as a witness are sealed; clear is what lists and clocks need.

-- +goose Up
CREATE TABLE protection_support (
    org_id     text    NOT NULL REFERENCES org (id),
    id         text    NOT NULL, -- of the case
    case_id    text    NOT NULL, -- the same
    person_id  text    NOT NULL,
    version    bigint  NOT NULL,
    changed_by text    NOT NULL,
    changed_at bigint  NOT NULL,
    stage      text    NOT NULL,
    ended      text    NOT NULL, -- a code, '' while open
    since      bigint  NOT NULL, -- when this stage began
    again      boolean NOT NULL, -- signs of being exploited again; no stage
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_support_person ON protection_support (org_id, person_id);
CREATE INDEX protection_support_stage ON protection_support (org_id, stage);

-- Everything that is written down in support, one document a row.
CREATE TABLE protection_support_item (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    part       text   NOT NULL,
    slot       text   NOT NULL, -- what there is one of; of a list the id
    state      text   NOT NULL,
    ref        text   NOT NULL, -- the item it belongs to, '' for none
    due_on     text   NOT NULL, -- civil date, '' for none
    sensitive  blob,
    location   blob,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE UNIQUE INDEX protection_support_item_slot ON protection_support_item (org_id, case_id, part, slot);
CREATE INDEX protection_support_item_person ON protection_support_item (org_id, person_id);

-- What a person decided about police and courts. Nothing of it is clear.
CREATE TABLE protection_justice (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL, -- of the case
    case_id    text   NOT NULL, -- the same
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    sensitive  blob,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_justice_person ON protection_justice (org_id, person_id);

-- A worker who is out on a visit, and who is told when they do not check in.
CREATE TABLE protection_outing (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    worker     text   NOT NULL,
    state      text   NOT NULL, -- out, back or dropped
    left_at    bigint NOT NULL,
    back_by    bigint NOT NULL,
    tell       text   NOT NULL, -- the account that is told first
    then_tell  text   NOT NULL, -- and the one after it
    told       bigint NOT NULL, -- how many were told
    told_at    bigint NOT NULL,
    ended_at   bigint NOT NULL,
    location   blob,             -- sealed: where, and how to reach them
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_outing_case ON protection_outing (org_id, case_id);
CREATE INDEX protection_outing_person ON protection_outing (org_id, person_id);
CREATE INDEX protection_outing_state ON protection_outing (state, back_by);

-- Threats against those who help.
CREATE TABLE protection_threat (
    org_id     text   NOT NULL REFERENCES org (id),
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    against    text   NOT NULL, -- a code
    kind       text   NOT NULL, -- a code
    state      text   NOT NULL, -- open, acted or closed
    happened   text   NOT NULL, -- civil date
    narrative  blob,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_threat_case ON protection_threat (org_id, case_id);
CREATE INDEX protection_threat_person ON protection_threat (org_id, person_id);

-- By which name a worker is known outside.
CREATE TABLE protection_outward (
    org_id     text   NOT NULL REFERENCES org (id),
    account_id text   NOT NULL,
    version    bigint NOT NULL,
    name       text   NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (org_id, account_id)
);
