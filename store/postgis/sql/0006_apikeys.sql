CREATE TABLE puy.api_keys (
    name     text COLLATE "C" PRIMARY KEY,
    hash     bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    last     text NOT NULL,
    created  timestamptz NOT NULL,
    expires  timestamptz,
    datasets text[] NOT NULL DEFAULT '{}',
    edit     boolean NOT NULL,
    note     text NOT NULL DEFAULT ''
);
COMMENT ON TABLE puy.api_keys IS 'Keys of programs that may do more than the public; the hash is the SHA-256 of the key';
COMMENT ON COLUMN puy.api_keys.datasets IS 'The ids of the datasets that the key is for; empty: all';
