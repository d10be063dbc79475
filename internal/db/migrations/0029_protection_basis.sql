-- A demand takes the word of somebody who did not weigh it, and what a form made goes with it.

-- +goose Up
-- Of a demand: who last wrote what was found, or ''. The column seen holds, of a demand, a name for that.
ALTER TABLE protection_basis ADD COLUMN weighed_by text NOT NULL DEFAULT '';
CREATE INDEX protection_submission_result ON protection_submission (org_id, result); -- erased with what it made
