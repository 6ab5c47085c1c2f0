-- +goose Up
-- Differs because SQLite's tables change their form as well (ADR 50). The last entry
-- of a stream is found by the index of the entries themselves, and deadlines by the
-- index that sorts by them.
DROP TABLE streams;
DROP INDEX products_due;

-- +goose Down
SELECT 1;
