-- +goose Up
-- What was forgotten of personal values, by whom and when. The value itself is
-- gone from private_values; its entry goes on holding the commitment.
CREATE TABLE erasures (
    commitment TEXT PRIMARY KEY,
    entry BIGINT NOT NULL,
    field TEXT NOT NULL,
    product TEXT,
    erased_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    erasure BIGINT NOT NULL
);
CREATE INDEX erasures_product ON erasures (product, entry);
CREATE INDEX erasures_erasure ON erasures (erasure);

-- +goose Down
SELECT 1;
