-- +goose Up
-- Whether anything lies outside of a province is asked with every request of an auditor.
CREATE INDEX units_kind ON units (kind, path);

-- +goose Down
DROP INDEX units_kind;
