-- What was seen, and how far a person is in the formal identification of a jurisdiction.
-- Stages, days of decisions and deadlines stand in clear, for work lists and statistics; a deadline
-- that gives away a day of birth is clear only by its month. Reasons, names of bodies and answers are
-- sealed under the person's key.

-- +goose Up
-- Answers to an instrument of signs, saved and resumed.
CREATE TABLE protection_screening (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    instrument text   NOT NULL,
    edition    text   NOT NULL, -- of the instrument
    begun_on   text   NOT NULL,
    answered   bigint NOT NULL, -- how many indicators have an answer
    done_on    text   NOT NULL, -- '' while it can be resumed
    sensitive  blob,            -- sealed: answers, setting, who helped
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_screening_case ON protection_screening (org_id, case_id);

-- One procedure of one person. The row holds where it is; the events say how it came there.
CREATE TABLE protection_identification (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    jurisdiction text   NOT NULL,
    stage        text   NOT NULL,
    kind         text   NOT NULL, -- of the stage
    suspended    bigint NOT NULL,
    refused      text   NOT NULL, -- the stage that was left by a refusal, or ''
    last_day     text   NOT NULL,
    profile      text   NOT NULL, -- version of the profile under which the last step was taken
    looked       text   NOT NULL, -- version of the profile that somebody was last asked to look at
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_identification_case ON protection_identification (org_id, case_id);
CREATE INDEX protection_identification_kind ON protection_identification (org_id, kind, stage);

-- Steps, only added to. A decision that waits for a second signature is not a step yet.
CREATE TABLE protection_identification_event (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    procedure_id text   NOT NULL,
    ordinal      bigint NOT NULL, -- from 1; 0 while it waits or when it was dropped
    state        text   NOT NULL CHECK (state IN ('waiting', 'done', 'dropped')),
    step         text   NOT NULL,
    stage        text   NOT NULL, -- after it
    body         text   NOT NULL, -- actor of the profile
    own          bigint NOT NULL,
    day          text   NOT NULL,
    profile      text   NOT NULL,
    topic        text   NOT NULL, -- the test or rule it rests on
    fact         text   NOT NULL, -- of the profile on that topic, or ''
    document     text   NOT NULL, -- SHA-256 of a document, in hex, or ''
    clock        text   NOT NULL, -- that an extension is about, or ''
    late         text   NOT NULL,
    early        text   NOT NULL, -- clocks, with spaces between them
    signed_by    text   NOT NULL,
    second_by    text   NOT NULL,
    agreed       text   NOT NULL, -- what an adult said to it, or ''
    personal     blob,            -- sealed: name of the body, legal basis, days that give away a birthday
    narrative    blob,            -- sealed: reasons
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, procedure_id) REFERENCES protection_identification (org_id, id)
);
CREATE INDEX protection_identification_event_of ON protection_identification_event (org_id, procedure_id, ordinal);
CREATE INDEX protection_identification_event_case ON protection_identification_event (org_id, case_id);
CREATE INDEX protection_identification_event_person ON protection_identification_event (org_id, person_id);

-- Times that run or ran, each with the version of the profile under which it began.
CREATE TABLE protection_identification_clock (
    org_id       text   NOT NULL,
    procedure_id text   NOT NULL,
    ordinal      bigint NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    event_id     text   NOT NULL, -- that started it
    clock        text   NOT NULL,
    profile      text   NOT NULL,
    fact         text   NOT NULL,
    amount       bigint NOT NULL,
    unit         text   NOT NULL,
    bound        text   NOT NULL,
    began        text   NOT NULL,
    due_day      text   NOT NULL, -- '' when the profile says nothing, or when it is sealed with the event
    due_at       bigint NOT NULL, -- first instant after it, or 0
    remind_on    text   NOT NULL, -- when somebody is told; for a sealed day the first of a month; '' for never
    doubt        text   NOT NULL,
    extended     bigint NOT NULL,
    ended        text   NOT NULL,
    ended_by     text   NOT NULL,
    PRIMARY KEY (org_id, procedure_id, ordinal),
    FOREIGN KEY (org_id, procedure_id) REFERENCES protection_identification (org_id, id)
);
CREATE INDEX protection_identification_clock_case ON protection_identification_clock (org_id, case_id);
CREATE INDEX protection_identification_clock_person ON protection_identification_clock (org_id, person_id);
CREATE INDEX protection_identification_clock_remind ON protection_identification_clock (org_id, ended, remind_on);

-- What bodies say about the person beside any procedure. Many may stand side by side.
CREATE TABLE protection_identification_assertion (
    org_id     text   NOT NULL,
    id         text   NOT NULL,
    case_id    text   NOT NULL,
    person_id  text   NOT NULL,
    version    bigint NOT NULL,
    changed_by text   NOT NULL,
    changed_at bigint NOT NULL,
    says       text   NOT NULL, -- code
    body       text   NOT NULL, -- code of the kind of body
    day        text   NOT NULL,
    document   text   NOT NULL,
    narrative  blob,            -- sealed: name of the body, standard, basis, words
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_identification_assertion_case ON protection_identification_assertion (org_id, case_id);
CREATE INDEX protection_identification_assertion_person ON protection_identification_assertion (org_id, person_id);

-- Letters about a decision. Whoever holds one can ask whether its code is genuine, and learns no more.
CREATE TABLE protection_identification_letter (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    procedure_id text   NOT NULL,
    event_id     text   NOT NULL,
    short        bigint NOT NULL, -- 1 for the version that says only that help is due
    code         text   NOT NULL, -- SHA-256 of the code, in hex
    issued_on    text   NOT NULL,
    until_day    text   NOT NULL, -- '' when it does not lapse
    withdrawn_on text   NOT NULL,
    personal     blob,            -- sealed: the code and the words of the letter
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, event_id) REFERENCES protection_identification_event (org_id, id)
);
CREATE UNIQUE INDEX protection_identification_letter_code ON protection_identification_letter (code);
CREATE INDEX protection_identification_letter_case ON protection_identification_letter (org_id, case_id);
CREATE INDEX protection_identification_letter_person ON protection_identification_letter (org_id, person_id);

-- Help that somebody pays for, for a time. It blocks nothing.
CREATE TABLE protection_identification_entitlement (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    case_id      text   NOT NULL,
    person_id    text   NOT NULL,
    version      bigint NOT NULL,
    changed_by   text   NOT NULL,
    changed_at   bigint NOT NULL,
    procedure_id text   NOT NULL, -- '' when it follows from none
    rule         text   NOT NULL, -- of the profile, or ''
    profile      text   NOT NULL,
    from_day     text   NOT NULL,
    to_day       text   NOT NULL, -- '' when no end is known
    move_on      text   NOT NULL, -- '' when none is planned
    warned       text   NOT NULL, -- the to_day that somebody was warned about, or ''
    personal     blob,            -- sealed: who pays, and a remark
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES vault_person (org_id, id)
);
CREATE INDEX protection_identification_entitlement_case ON protection_identification_entitlement (org_id, case_id);
CREATE INDEX protection_identification_entitlement_person ON protection_identification_entitlement (org_id, person_id);
CREATE INDEX protection_identification_entitlement_to ON protection_identification_entitlement (org_id, to_day);
