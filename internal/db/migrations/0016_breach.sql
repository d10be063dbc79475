-- Breaches: what went wrong, the clock that runs, whom it touches and who can be told without harm.

-- +goose Up
CREATE TABLE breach (
    org_id       text   NOT NULL REFERENCES org (id),
    id           text   NOT NULL,
    version      bigint NOT NULL,
    kind         text   NOT NULL, -- a code
    jurisdiction text   NOT NULL, -- whose rule sets the clock
    rule         text   NOT NULL, -- the fact that it followed, '' for none known
    found_at     bigint NOT NULL,
    deadline_at  bigint,
    note         blob   NOT NULL, -- sealed; empty for none
    opened_by    text   NOT NULL,
    opened_at    bigint NOT NULL,
    reminded_at  bigint,
    reported_at  bigint,
    reported_by  text   NOT NULL,
    reference    text   NOT NULL, -- of the regulator
    closed_at    bigint,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE breach_person (
    org_id    text   NOT NULL,
    breach_id text   NOT NULL,
    person_id text   NOT NULL,
    found_by  text   NOT NULL, -- the query that named them, a code
    added_at  bigint NOT NULL,
    told      text   NOT NULL, -- a code
    judged_by text   NOT NULL,
    judged_at bigint,
    PRIMARY KEY (org_id, breach_id, person_id),
    FOREIGN KEY (org_id, breach_id) REFERENCES breach (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX breach_person_person ON breach_person (org_id, person_id);
