-- Texts of law and what readers found in them. Texts are public and not sealed. Nothing is overwritten: what was
-- recorded keeps the instant, and what was taken back keeps that too, so that the second clock can be asked.

-- +goose Up
CREATE TABLE law_work (
    org_id       text   NOT NULL REFERENCES org (id),
    id           text   NOT NULL,
    jurisdiction text   NOT NULL, -- area code, or an organisation
    kind         text   NOT NULL,
    title        text   NOT NULL,
    number       text   NOT NULL,
    alias        text   NOT NULL, -- one a line: ELI, CELEX, UNTS
    adopted      text   NOT NULL, -- civil date, month or year; '' when nobody knows
    family       text   NOT NULL,
    source       text   NOT NULL,
    confidence   text   NOT NULL,
    recorded_at  bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX law_work_jurisdiction ON law_work (org_id, jurisdiction);

CREATE TABLE law_expression (
    org_id      text    NOT NULL,
    id          text    NOT NULL,
    work_id     text    NOT NULL,
    language    text    NOT NULL, -- BCP 47
    as_of       text    NOT NULL, -- civil date from which it reads so
    form        text    NOT NULL CHECK (form IN ('enacted', 'consolidated', 'translation', 'draft')),
    official    boolean NOT NULL,
    source      text    NOT NULL,
    hash        text    NOT NULL, -- of the source
    replaces    text    NOT NULL, -- the expression that it corrects
    recorded_at bigint  NOT NULL,
    gone_at     bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES law_work (org_id, id)
);
CREATE INDEX law_expression_work ON law_expression (org_id, work_id, language, as_of);

CREATE TABLE law_provision (
    org_id        text   NOT NULL,
    expression_id text   NOT NULL,
    ordinal       bigint NOT NULL,
    eid           text   NOT NULL,
    wid           text   NOT NULL, -- the same through all versions
    parent        text   NOT NULL,
    kind          text   NOT NULL,
    num           text   NOT NULL,
    heading       text   NOT NULL,
    body          text   NOT NULL,
    hash          text   NOT NULL,
    PRIMARY KEY (org_id, expression_id, ordinal),
    FOREIGN KEY (org_id, expression_id) REFERENCES law_expression (org_id, id)
);
CREATE INDEX law_provision_wid ON law_provision (org_id, expression_id, wid);

-- Commencement, amendment and repeal, of a work or of parts of it.
CREATE TABLE law_event (
    org_id      text   NOT NULL,
    id          text   NOT NULL,
    work_id     text   NOT NULL,
    turn        text   NOT NULL CHECK (turn IN ('commencement', 'amendment', 'repeal')),
    parts       text   NOT NULL, -- wIds, by a space; '' is all
    by_work     text   NOT NULL,
    day         text   NOT NULL, -- civil date, month or year
    verb        text   NOT NULL,
    successors  text   NOT NULL, -- work#wId, by a space
    source      text   NOT NULL,
    confidence  text   NOT NULL,
    recorded_at bigint NOT NULL,
    gone_at     bigint,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES law_work (org_id, id)
);
CREATE INDEX law_event_work ON law_event (org_id, work_id);

CREATE TABLE law_finding (
    org_id  text   NOT NULL REFERENCES org (id),
    id      text   NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- Each step of a finding is a row; the newest has no gone_at.
CREATE TABLE law_finding_step (
    org_id        text             NOT NULL,
    finding_id    text             NOT NULL,
    version       bigint           NOT NULL,
    state         text             NOT NULL, -- area code
    topic         text             NOT NULL,
    from_day      text             NOT NULL,
    until_day     text             NOT NULL,
    stage         text             NOT NULL,
    status        text             NOT NULL,
    part          double precision NOT NULL,
    reason        text             NOT NULL,
    note          text             NOT NULL,
    coder         text             NOT NULL, -- account
    second_status text             NOT NULL,
    second_part   double precision NOT NULL,
    second_reason text             NOT NULL,
    second_note   text             NOT NULL,
    second_coder  text             NOT NULL, -- account; '' while there is no second reading
    source        text             NOT NULL,
    confidence    text             NOT NULL,
    unofficial    boolean          NOT NULL,
    adjudicator   text             NOT NULL,
    signer        text             NOT NULL,
    recorded_at   bigint           NOT NULL,
    gone_at       bigint,
    PRIMARY KEY (org_id, finding_id, version),
    FOREIGN KEY (org_id, finding_id) REFERENCES law_finding (org_id, id)
);
CREATE INDEX law_finding_step_state ON law_finding_step (org_id, state, topic);

-- Where a finding stands, with the hash of what was read.
CREATE TABLE law_pinpoint (
    org_id        text    NOT NULL,
    finding_id    text    NOT NULL,
    version       bigint  NOT NULL,
    ordinal       bigint  NOT NULL,
    work_id       text    NOT NULL,
    expression_id text    NOT NULL,
    wid           text    NOT NULL,
    hash          text    NOT NULL,
    changed       boolean NOT NULL, -- reads otherwise by now
    PRIMARY KEY (org_id, finding_id, version, ordinal),
    FOREIGN KEY (org_id, finding_id, version) REFERENCES law_finding_step (org_id, finding_id, version)
);
CREATE INDEX law_pinpoint_work ON law_pinpoint (org_id, work_id);
