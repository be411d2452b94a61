CREATE SCHEMA IF NOT EXISTS data;
COMMENT ON SCHEMA data IS 'One view a dataset: its current version';
COMMENT ON SCHEMA puy IS 'The catalogue and the versions of the datasets';

CREATE TABLE puy.portal (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    doc json NOT NULL
);

-- A row and not a sequence: the number must become visible with the change itself.
CREATE TABLE puy.revision (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL
);
INSERT INTO puy.revision (number) VALUES (1);

CREATE TABLE puy.datasets (
    number   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       text COLLATE "C" NOT NULL UNIQUE,
    aliases  text[] NOT NULL DEFAULT '{}',
    doc      json NOT NULL,
    current  bigint,
    last     bigint NOT NULL DEFAULT 0,
    keyed    bigint,
    next_fid bigint NOT NULL DEFAULT 1
);
COMMENT ON COLUMN puy.datasets.current IS 'The version that the view shows';
COMMENT ON COLUMN puy.datasets.last IS 'The highest version number ever given';
COMMENT ON COLUMN puy.datasets.keyed IS 'The version whose table has the fid of every key that is not in puy.keys; null: all are there';

CREATE TABLE puy.versions (
    dataset    integer NOT NULL REFERENCES puy.datasets,
    number     bigint NOT NULL,
    loaded     timestamptz NOT NULL,
    source     text NOT NULL,
    checksum   text NOT NULL,
    rows       bigint NOT NULL,
    rejected   bigint NOT NULL,
    keyed      boolean NOT NULL,
    compared   boolean NOT NULL,
    added      bigint NOT NULL,
    removed    bigint NOT NULL,
    modified   bigint NOT NULL,
    shapeless  bigint NOT NULL,
    extent     double precision[],
    time_start timestamptz,
    time_end   timestamptz,
    schema     json NOT NULL,
    columns    text[] NOT NULL,
    report     json,
    PRIMARY KEY (dataset, number)
);
COMMENT ON COLUMN puy.versions.columns IS 'The column of each field of the schema, in its order';
COMMENT ON COLUMN puy.versions.shapeless IS 'At most so many rows have no geometry';

CREATE TABLE puy.keys (
    dataset integer NOT NULL REFERENCES puy.datasets,
    id      text COLLATE "C" NOT NULL,
    fid     bigint NOT NULL,
    PRIMARY KEY (dataset, id)
);
COMMENT ON TABLE puy.keys IS 'The fids of keys that vanished, so that they have them again when they come back';

CREATE TABLE puy.garbage (
    name text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE puy.garbage IS 'Tables in schema puy to drop once nobody reads them';
