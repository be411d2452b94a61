-- What filters need besides the functions of PostgreSQL and PostGIS. All give
-- null for null. Types of PostGIS are not named: its schema is not known here.

-- Within these bounds of the operands no operation ends in an error.
CREATE FUNCTION puy.calculate(op text, a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF a <> 0 AND NOT abs(a) BETWEEN 1e-150 AND 1e150 OR b <> 0 AND NOT abs(b) BETWEEN 1e-150 AND 1e150 THEN
        RETURN NULL;
    END IF;
    CASE op
        WHEN '+' THEN RETURN a + b;
        WHEN '-' THEN RETURN a - b;
        WHEN '*' THEN RETURN a * b;
        WHEN '^' THEN
            IF a = 0 AND b < 0 OR a < 0 AND b <> trunc(b) THEN
                RETURN NULL;
            ELSIF a = 0 AND b > 0 THEN
                RETURN 0;
            ELSIF b = 0 THEN
                RETURN 1;
            ELSIF abs(b * ln(abs(a))) > 690 THEN
                RETURN NULL;
            END IF;
            RETURN power(a, b);
        ELSE
            NULL;
    END CASE;
    IF b = 0 THEN
        RETURN NULL;
    END IF;
    CASE op
        WHEN '/' THEN RETURN a / b;
        WHEN 'div' THEN RETURN trunc(a / b);
        ELSE RETURN a - b * trunc(a / b);
    END CASE;
END
$$;
COMMENT ON FUNCTION puy.calculate IS 'The arithmetic of filters: null where the result is no finite number';

-- The functions of PostGIS refuse collections, and fail on some shapes that are
-- not valid: of the first, the parts of highest dimension count; of the others
-- nothing is known. A block with a handler cannot run in parallel.
CREATE FUNCTION puy.relates(relation text, a anyelement, b anyelement) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE COST 5000 AS $$
BEGIN
    IF GeometryType(a) = 'GEOMETRYCOLLECTION' THEN
        a := ST_UnaryUnion(ST_CollectionExtract(a));
    END IF;
    IF GeometryType(b) = 'GEOMETRYCOLLECTION' THEN
        b := ST_UnaryUnion(ST_CollectionExtract(b));
    END IF;
    CASE relation
        WHEN 's_equals' THEN RETURN ST_Equals(a, b);
        WHEN 's_touches' THEN RETURN ST_Touches(a, b);
        WHEN 's_within' THEN RETURN ST_Within(a, b);
        WHEN 's_contains' THEN RETURN ST_Contains(a, b);
        WHEN 's_overlaps' THEN RETURN ST_Overlaps(a, b);
        ELSE RETURN ST_Crosses(a, b);
    END CASE;
EXCEPTION WHEN internal_error OR data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION puy.relates IS 'How two geometries lie to each other: null where that cannot be told';
