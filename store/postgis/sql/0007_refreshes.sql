CREATE TABLE puy.refreshes (
    dataset text COLLATE "C" PRIMARY KEY,
    state   json NOT NULL DEFAULT '{}',
    next    timestamptz NOT NULL DEFAULT '-infinity',
    holder  text,
    until   timestamptz
);
COMMENT ON TABLE puy.refreshes IS 'How datasets are brought up to date from their sources; the id of a dataset that is gone may stay';
COMMENT ON COLUMN puy.refreshes.holder IS 'The process that refreshes the dataset now, until its lease ends; null: none';
