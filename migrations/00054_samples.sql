-- +goose Up
-- Samples of products: received, used up or returned.
CREATE TABLE samples (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    round TEXT NOT NULL REFERENCES rounds (id),
    units BIGINT NOT NULL CHECK (units > 0),
    received_on BIGINT NOT NULL,
    received_by TEXT NOT NULL REFERENCES accounts (id),
    received_at BIGINT NOT NULL,
    brought_by TEXT NOT NULL,
    condition TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('kept','settled','void')),
    used_up BIGINT NOT NULL CHECK (used_up >= 0),
    returned BIGINT NOT NULL CHECK (returned >= 0),
    settled_on BIGINT,
    settled_by TEXT REFERENCES accounts (id),
    note TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX samples_product ON samples (product, id);

-- +goose Down
SELECT 1;
