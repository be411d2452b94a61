-- Loads count fids from 1. Rows that other programs insert through the views
-- have fids of a range of their own, so that neither waits for the other.
CREATE SEQUENCE puy.inserted_fids AS bigint MINVALUE 1099511627776 START 1099511627776;
COMMENT ON SEQUENCE puy.inserted_fids IS 'The fids of rows that other programs insert, from 2^40';

-- A trigger and not defaults: editors send null for what they do not know. It
-- runs as its owner, so that who may insert into a view needs no right in puy.
CREATE FUNCTION puy.name_inserted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NEW.fid IS NULL THEN
        NEW.fid := nextval('puy.inserted_fids');
    END IF;
    IF NEW.id IS NULL THEN
        NEW.id := NEW.fid::text;
    END IF;
    RETURN NEW;
END
$$;
