-- What a version's differences are to, and where features differ; null without
-- them, and where the table of differences has no fids yet.
ALTER TABLE puy.versions ADD comparison json;
COMMENT ON COLUMN puy.versions.comparison IS 'With which version it was compared, and in how many features each field differs';

CREATE TABLE puy.tenures (
    dataset integer NOT NULL REFERENCES puy.datasets,
    since   timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (dataset, since)
);
COMMENT ON TABLE puy.tenures IS 'Since when which version has been current, those that are no longer kept included';

INSERT INTO puy.tenures (dataset, since, version)
    SELECT v.dataset, max(v.loaded), max(v.number) FROM puy.versions v JOIN puy.datasets d ON d.number = v.dataset AND v.number <= d.current GROUP BY v.dataset, v.loaded;
