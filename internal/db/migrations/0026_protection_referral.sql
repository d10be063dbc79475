-- Referrals and transfers: a row for each side. The receiving side's has neither case nor person nor
-- anything sealed until who the person is has been released.

-- +goose Up
CREATE TABLE protection_referral (
    org_id      text    NOT NULL REFERENCES org (id),
    id          text    NOT NULL, -- the same on both sides
    case_id     text    NOT NULL, -- '' at the receiving side before the release
    person_id   text    NOT NULL,
    version     bigint  NOT NULL,
    changed_by  text    NOT NULL,
    changed_at  bigint  NOT NULL,
    direction   text    NOT NULL, -- out or in
    kind        text    NOT NULL, -- referral or transfer
    partner     text    NOT NULL, -- the other organisation
    agreement   text    NOT NULL, -- under which it was sent; '' before
    purpose     text    NOT NULL,
    needs       text    NOT NULL, -- codes of kinds of help, with spaces between
    urgency     text    NOT NULL,
    fields      text    NOT NULL, -- codes of what may leave, or has left
    roles       text    NOT NULL, -- that may see it at the receiving side
    sending     text    NOT NULL, -- how far the sending side is
    receiving   text    NOT NULL, -- how far the receiving side is
    reason      text    NOT NULL, -- a code: why it was declined or recalled, or what came of it
    back        text    NOT NULL, -- what became of asking the copy back
    maker       text    NOT NULL, -- who is told of news
    files       bigint  NOT NULL, -- how many attachments stay at the sender
    days        bigint  NOT NULL, -- for how long it can be accepted
    until_at    bigint  NOT NULL, -- until when; 0 while it is not sent
    sent_at     bigint  NOT NULL,
    answered_at bigint  NOT NULL,
    released_at bigint  NOT NULL,
    personal    blob,             -- sealed: the blind need
    sensitive   blob,             -- sealed: what is released after acceptance
    PRIMARY KEY (org_id, id)
);
CREATE INDEX protection_referral_case ON protection_referral (org_id, case_id, sent_at, id);
CREATE INDEX protection_referral_person ON protection_referral (org_id, person_id);
CREATE INDEX protection_referral_waiting ON protection_referral (org_id, direction, sending, receiving, until_at, id);
