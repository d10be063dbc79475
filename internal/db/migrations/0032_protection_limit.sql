-- How much work is too much: what a service has set for itself.

-- +goose Up
CREATE TABLE protection_limit (
    org_id     text   NOT NULL REFERENCES org (id),
    version    bigint NOT NULL,
    cases      bigint NOT NULL, -- open cases of one worker
    told       bigint NOT NULL, -- how often a worker opens what somebody told in seven days
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (org_id)
);
