-- A transaction that writes tables of versions is numbered when it commits and
-- not before: numbers then follow the order in which others can see the edits,
-- and nobody waits for an editor who keeps a transaction open. One that says SET
-- CONSTRAINTS ALL IMMEDIATE makes an edit of each statement, and others wait for
-- its end. PREPARE TRANSACTION is refused, because NOTIFY is.

ALTER TABLE puy.versions
    ADD edits       bigint NOT NULL DEFAULT 0,
    ADD edited      timestamptz,
    ADD logged      bigint NOT NULL DEFAULT 0,
    ADD logged_from bigint;
COMMENT ON COLUMN puy.versions.edits IS 'How many transactions have changed the table since it was loaded';
COMMENT ON COLUMN puy.versions.logged IS 'How many changes of the version puy.changes has';
COMMENT ON COLUMN puy.versions.logged_from IS 'The log has all edits after this one; null where the table has no triggers yet';

CREATE TABLE puy.edits (
    batch     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset   integer NOT NULL,
    version   bigint NOT NULL,
    edit      bigint,
    xact      bigint NOT NULL DEFAULT txid_current(),
    changes   bigint,
    rows      bigint NOT NULL DEFAULT 0,
    recount   boolean NOT NULL DEFAULT false,
    shapeless bigint NOT NULL DEFAULT 0,
    extent    box
);
CREATE INDEX ON puy.edits (dataset, version, edit);
CREATE INDEX ON puy.edits (xact) WHERE edit IS NULL;
COMMENT ON TABLE puy.edits IS 'One row a statement that wrote the table of a version';
COMMENT ON COLUMN puy.edits.edit IS 'The number of its transaction in the version; null until that commits';
COMMENT ON COLUMN puy.edits.changes IS 'How many rows of puy.changes belong to it; null where all features may have changed';
COMMENT ON COLUMN puy.edits.rows IS 'How many rows more the table has';
COMMENT ON COLUMN puy.edits.recount IS 'The rows of the table must be counted';
COMMENT ON COLUMN puy.edits.shapeless IS 'At most so many rows more have no geometry';

CREATE TABLE puy.changes (
    batch  bigint NOT NULL,
    fid    bigint NOT NULL,
    before box,
    after  box
);
CREATE INDEX ON puy.changes (batch);
COMMENT ON TABLE puy.changes IS 'The boxes of features before and after a statement, longitude latitude';

-- A temporary type must not stand in for one of pg_catalog where the owner's rights hold.
ALTER FUNCTION puy.name_inserted() SET search_path = pg_catalog, pg_temp;

-- Logs a statement. Its arguments tell whether the version has keys and whether it has geometries.
CREATE FUNCTION puy.log_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    most     constant bigint := 100000; -- more changes than that are not worth listing
    keyed    constant boolean := TG_ARGV[0];
    spatial  constant boolean := TG_ARGV[1];
    geom     box; -- stands for the column where the table has none
    data_set integer;
    version_ bigint;
    batch_   bigint;
    good     boolean;
    added    bigint := 0;
    removed  bigint := 0;
    shapes   bigint := 0;
    reach    box;
BEGIN
    -- A table that bears another name now is no version's.
    IF TG_TABLE_SCHEMA <> 'puy' OR TG_TABLE_NAME !~ '^v_[0-9]+_[0-9]+$' THEN
        RETURN NULL;
    END IF;
    data_set := split_part(TG_TABLE_NAME, '_', 2);
    version_ := split_part(TG_TABLE_NAME, '_', 3);
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO puy.edits (dataset, version, recount) VALUES (data_set, version_, true);
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        removed := (SELECT count(*) FROM old_rows);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        added := (SELECT count(*) FROM new_rows);
    END IF;
    IF added + removed = 0 THEN
        RETURN NULL;
    END IF;

    -- Another program that has altered the table must still be able to write it.
    SELECT count(*) = CASE WHEN spatial THEN 3 ELSE 2 END INTO good FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = TG_RELID AND (a.attname = 'fid' AND t.typname = 'int8' OR a.attname = 'id' AND t.typname = 'text'
            OR a.attname = 'geom' AND t.typname = 'geometry' AND spatial);
    IF NOT good THEN
        INSERT INTO puy.edits (dataset, version, rows, shapeless) VALUES (data_set, version_, added - removed, added);
        RETURN NULL;
    END IF;

    IF spatial AND TG_OP <> 'DELETE' THEN
        -- The offset keeps the boxes from being made again for each use. No box at all is no geometry, or an empty one.
        SELECT count(b), box(point(max((b[0])[0]) FILTER (WHERE finite), max((b[0])[1]) FILTER (WHERE finite)),
                point(min((b[1])[0]) FILTER (WHERE finite), min((b[1])[1]) FILTER (WHERE finite)))
            INTO shapes, reach
            FROM (SELECT b, greatest(abs((b[0])[0]), abs((b[0])[1]), abs((b[1])[0]), abs((b[1])[1])) < 1e30 AS finite
                FROM (SELECT geom::box AS b FROM new_rows OFFSET 0) n) n;
    END IF;
    INSERT INTO puy.edits (dataset, version, changes, rows, shapeless, extent)
        VALUES (data_set, version_, CASE WHEN greatest(added, removed) <= most THEN greatest(added, removed) END, added - removed,
            CASE WHEN spatial THEN added - shapes ELSE 0 END, reach)
        RETURNING batch INTO batch_;
    IF greatest(added, removed) <= most THEN
        CASE TG_OP
        WHEN 'INSERT' THEN
            INSERT INTO puy.changes (batch, fid, after) SELECT batch_, fid, geom::box FROM new_rows;
        WHEN 'DELETE' THEN
            INSERT INTO puy.changes (batch, fid, before) SELECT batch_, fid, geom::box FROM old_rows;
        ELSE
            -- Who gives a feature another fid has deleted one and made one.
            INSERT INTO puy.changes (batch, fid, before, after)
                SELECT batch_, coalesce(o.fid, n.fid), o.shape, n.shape
                FROM (SELECT fid, geom::box AS shape FROM old_rows) o FULL JOIN (SELECT fid, geom::box AS shape FROM new_rows) n ON n.fid = o.fid;
        END CASE;
    END IF;

    -- A key that comes back has its fid again, and one that the next load brings has it too.
    IF keyed AND TG_OP = 'DELETE' THEN
        INSERT INTO puy.keys (dataset, id, fid) SELECT data_set, id, fid FROM old_rows ON CONFLICT DO NOTHING;
    ELSIF keyed AND TG_OP = 'INSERT' AND EXISTS (SELECT FROM puy.datasets d WHERE d.number = data_set AND d.keyed IS DISTINCT FROM version_) THEN
        INSERT INTO puy.keys (dataset, id, fid) SELECT data_set, id, fid FROM new_rows ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

-- Numbers what the transaction has done, when it commits: once for all of its
-- statements, the versions in one order for all transactions.
CREATE FUNCTION puy.number_edits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    most  constant bigint := 100000;
    slack constant bigint := 20000; -- more than most by so much before the oldest are deleted
    e     record;
    v     record;
    name  text;
    total bigint;
    upto  bigint;
    found_any boolean := false;
BEGIN
    IF NOT EXISTS (SELECT FROM puy.edits p WHERE p.batch = NEW.batch AND p.edit IS NULL) THEN
        RETURN NULL;
    END IF;
    FOR e IN
        SELECT p.dataset, p.version, sum(p.changes)::bigint AS changes, bool_and(p.changes IS NOT NULL) AS known, sum(p.rows)::bigint AS rows,
            bool_or(p.recount) AS recount, sum(p.shapeless)::bigint AS shapeless,
            min((p.extent[1])[0]) AS west, min((p.extent[1])[1]) AS south, max((p.extent[0])[0]) AS east, max((p.extent[0])[1]) AS north
        FROM puy.edits p WHERE p.xact = txid_current() AND p.edit IS NULL GROUP BY p.dataset, p.version ORDER BY p.dataset, p.version
    LOOP
        UPDATE puy.versions SET edits = edits + 1, edited = clock_timestamp(), rows = rows + e.rows, shapeless = shapeless + e.shapeless,
            logged = logged + coalesce(e.changes, 0),
            extent = CASE WHEN e.west IS NULL THEN extent
                ELSE ARRAY[least(extent[1], e.west), least(extent[2], e.south), greatest(extent[3], e.east), greatest(extent[4], e.north)] END
            WHERE dataset = e.dataset AND number = e.version RETURNING edits, logged INTO v;
        IF NOT FOUND THEN -- the version is not kept any more
            DELETE FROM puy.changes c USING puy.edits p WHERE c.batch = p.batch AND p.xact = txid_current() AND p.edit IS NULL
                AND p.dataset = e.dataset AND p.version = e.version;
            DELETE FROM puy.edits p WHERE p.xact = txid_current() AND p.edit IS NULL AND p.dataset = e.dataset AND p.version = e.version;
            CONTINUE;
        END IF;
        found_any := true;
        UPDATE puy.edits p SET edit = v.edits WHERE p.xact = txid_current() AND p.edit IS NULL AND p.dataset = e.dataset AND p.version = e.version;
        IF e.recount THEN -- nobody else writes the table: the transaction has locked it
            name := format('puy.%I', format('v_%s_%s', e.dataset, e.version));
            IF to_regclass(name) IS NOT NULL THEN
                EXECUTE 'SELECT count(*) FROM ' || name INTO total;
                UPDATE puy.versions SET rows = total WHERE dataset = e.dataset AND number = e.version;
            END IF;
        END IF;
        upto := NULL;
        IF NOT e.known THEN
            upto := v.edits;
        ELSIF v.logged > most + slack THEN
            SELECT max(s.edit) INTO upto FROM (SELECT p.edit, sum(p.changes) OVER (ORDER BY p.edit DESC) AS newer
                FROM puy.edits p WHERE p.dataset = e.dataset AND p.version = e.version) s WHERE s.newer > most;
        END IF;
        IF upto IS NOT NULL THEN
            DELETE FROM puy.changes c USING puy.edits p WHERE c.batch = p.batch AND p.dataset = e.dataset AND p.version = e.version AND p.edit <= upto;
            DELETE FROM puy.edits p WHERE p.dataset = e.dataset AND p.version = e.version AND p.edit <= upto;
            UPDATE puy.versions SET logged_from = upto, logged = (SELECT coalesce(sum(p.changes), 0) FROM puy.edits p
                    WHERE p.dataset = e.dataset AND p.version = e.version AND p.edit > upto)
                WHERE dataset = e.dataset AND number = e.version;
        END IF;
    END LOOP;
    IF found_any THEN
        UPDATE puy.revision SET number = number + 1 RETURNING number INTO total;
        PERFORM pg_notify('puy', total::text);
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER puy_number AFTER INSERT ON puy.edits DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION puy.number_edits();

-- Has the writes to a version's table logged from now on.
CREATE FUNCTION puy.log_table(name text, keyed boolean, spatial boolean) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text[];
BEGIN
    FOREACH what SLICE 1 IN ARRAY ARRAY[['insert', 'REFERENCING NEW TABLE AS new_rows'], ['delete', 'REFERENCING OLD TABLE AS old_rows'],
        ['update', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'], ['truncate', '']]
    LOOP
        IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = format('puy.%I', name)::regclass AND t.tgname = 'puy_log_' || what[1]) THEN
            EXECUTE format('DROP TRIGGER %I ON puy.%I', 'puy_log_' || what[1], name);
        END IF;
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON puy.%I %s FOR EACH STATEMENT EXECUTE FUNCTION puy.log_changes(%L, %L)',
            'puy_log_' || what[1], what[1], name, what[2], keyed, spatial);
    END LOOP;
END
$$;
