-- +goose Up
SELECT 1; -- SQLite compares bytes

-- +goose Down
SELECT 1;
