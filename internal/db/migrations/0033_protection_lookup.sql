-- Whatever is asked or erased by person, and by the parent of a row, is found without going through the organisation.

-- +goose Up
CREATE INDEX protection_identification_person ON protection_identification (org_id, person_id);
CREATE INDEX protection_identification_letter_event ON protection_identification_letter (org_id, event_id);
CREATE INDEX protection_screening_person ON protection_screening (org_id, person_id);
CREATE INDEX protection_support_case ON protection_support (org_id, case_id);
CREATE INDEX protection_justice_case ON protection_justice (org_id, case_id);
CREATE INDEX protection_draft_case ON protection_draft (org_id, case_id);
CREATE INDEX protection_slip_person ON protection_slip (org_id, person_id);
CREATE INDEX protection_link_person ON protection_link (org_id, person_id);
CREATE INDEX protection_link_other_person ON protection_link (org_id, other_person);
