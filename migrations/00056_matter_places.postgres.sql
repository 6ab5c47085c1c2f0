-- +goose Up
-- Differs because Postgres orders text by a language unless told otherwise: places
-- are looked up by ranges of bytes.
ALTER TABLE matter_told ALTER COLUMN place TYPE TEXT COLLATE "C";

-- +goose Down
SELECT 1;
