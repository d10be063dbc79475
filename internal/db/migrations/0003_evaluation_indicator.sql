-- Published statistics. A figure belongs to a series (indicator, area, cell) and to a release, and
-- is never changed: a revision is a figure of a later release.

-- +goose Up

CREATE TABLE evaluation_indicator (
    org_id       text    NOT NULL REFERENCES org (id),
    id           text    NOT NULL,
    title        text    NOT NULL,
    definition   text    NOT NULL,
    unit         text    NOT NULL,
    kind         bigint  NOT NULL CHECK (kind BETWEEN 1 AND 3),
    numerator    text    NOT NULL,
    denominator  text    NOT NULL,
    cannot_tell  text    NOT NULL,
    every        bigint  NOT NULL CHECK (every BETWEEN 0 AND 3),
    source       text    NOT NULL,
    source_title text    NOT NULL,
    source_url   text    NOT NULL,
    licence      text    NOT NULL,
    attribution  text    NOT NULL,
    shippable    boolean NOT NULL,
    own          boolean NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE evaluation_dimension (
    org_id       text   NOT NULL,
    indicator_id text   NOT NULL,
    dim          text   NOT NULL,
    label        text   NOT NULL,
    position     bigint NOT NULL,
    PRIMARY KEY (org_id, indicator_id, dim),
    FOREIGN KEY (org_id, indicator_id) REFERENCES evaluation_indicator (org_id, id)
);

-- The categories that occur, with the label that the source prints.
CREATE TABLE evaluation_category (
    org_id       text NOT NULL,
    indicator_id text NOT NULL,
    dim          text NOT NULL,
    code         text NOT NULL,
    label        text NOT NULL,
    PRIMARY KEY (org_id, indicator_id, dim, code),
    FOREIGN KEY (org_id, indicator_id, dim) REFERENCES evaluation_dimension (org_id, indicator_id, dim)
);

CREATE TABLE evaluation_release (
    org_id      text   NOT NULL REFERENCES org (id),
    id          text   NOT NULL, -- hash of source, table, date, label and file: the same file is the same release
    source      text   NOT NULL,
    label       text   NOT NULL,
    released_on text   NOT NULL, -- civil date
    basis       text   NOT NULL CHECK (basis IN ('stated', 'recalled')),
    imported_at bigint NOT NULL,
    is_first    boolean NOT NULL, -- first release of its periods; comes before a revised series of the same day
    position    bigint NOT NULL, -- order among the releases of one file
    file_name   text   NOT NULL,
    file_hash   text   NOT NULL, -- SHA-256 of the uncompressed file
    figures     bigint NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE INDEX evaluation_release_file ON evaluation_release (org_id, file_hash);

CREATE TABLE evaluation_release_indicator (
    org_id       text NOT NULL,
    indicator_id text NOT NULL,
    release_id   text NOT NULL,
    PRIMARY KEY (org_id, indicator_id, release_id),
    FOREIGN KEY (org_id, indicator_id) REFERENCES evaluation_indicator (org_id, id),
    FOREIGN KEY (org_id, release_id) REFERENCES evaluation_release (org_id, id)
);

CREATE TABLE evaluation_series (
    org_id       text NOT NULL,
    id           text NOT NULL, -- hash of indicator, area and cell: an import needs no look-up
    indicator_id text NOT NULL,
    shape        text NOT NULL, -- dimensions of the cell, '' for the grand total
    area         text NOT NULL,
    cell         text NOT NULL, -- 'age=child|sex=female', totals left out
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, indicator_id) REFERENCES evaluation_indicator (org_id, id)
);

CREATE INDEX evaluation_series_shape ON evaluation_series (org_id, indicator_id, shape, area);
CREATE INDEX evaluation_series_area ON evaluation_series (org_id, indicator_id, area);

-- One row per published figure. variant counts repeats of one cell in one release.
CREATE TABLE evaluation_figure (
    org_id     text             NOT NULL,
    release_id text             NOT NULL,
    series_id  text             NOT NULL,
    period     text             NOT NULL,
    variant    bigint           NOT NULL,
    lo         double precision NOT NULL,
    hi         double precision NOT NULL,
    state      bigint           NOT NULL CHECK (state BETWEEN 0 AND 3),
    derived    boolean          NOT NULL,
    line       bigint           NOT NULL,
    PRIMARY KEY (org_id, release_id, series_id, period, variant)
);

CREATE TABLE evaluation_break (
    org_id       text   NOT NULL,
    id           text   NOT NULL,
    indicator_id text   NOT NULL,
    area         text   NOT NULL,
    cell         text   NOT NULL, -- '' covers every cell
    period       text   NOT NULL, -- the first period after the break
    note         text   NOT NULL,
    source       text   NOT NULL,
    declared_at  bigint NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, indicator_id) REFERENCES evaluation_indicator (org_id, id)
);

CREATE INDEX evaluation_break_indicator ON evaluation_break (org_id, indicator_id);
