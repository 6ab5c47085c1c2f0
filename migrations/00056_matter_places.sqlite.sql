-- +goose Up
-- Differs because SQLite orders text by bytes already.
SELECT 1;

-- +goose Down
SELECT 1;
