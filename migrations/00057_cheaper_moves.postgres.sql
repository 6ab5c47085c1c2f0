-- +goose Up
-- Differs because these are costs of Postgres alone (ADR 39).

-- Entries are some 2 KB, which Postgres packs. Its own way of packing cost half of
-- what writing an entry did; lz4 leaves as much and costs a sixth. A server that was
-- built without it goes on as before.
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE 'ALTER TABLE entries ALTER COLUMN body SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported OR syntax_error OR invalid_parameter_value THEN
    RAISE NOTICE 'lz4 is not available; entries are packed with pglz';
END $$;
-- +goose StatementEnd

-- Each timer that was set looked its product up and locked it. Timers are set by
-- acts on their product alone, and products are never deleted.
-- +goose StatementBegin
DO $$
DECLARE name TEXT;
BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'timers'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE timers DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
