-- +goose Up
-- Rounds of council work of a level: what is taken in, left out or carried over.
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    level TEXT NOT NULL,
    title TEXT NOT NULL,
    requested_before BIGINT,
    held_before BIGINT,
    legal TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    council TEXT REFERENCES councils (id),
    place TEXT NOT NULL,
    agenda TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open','closed','cancelled')),
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    closed_by TEXT REFERENCES accounts (id),
    closed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX batches_unit ON batches (unit, id);

CREATE TABLE batch_items (
    batch TEXT NOT NULL REFERENCES batches (id),
    product TEXT NOT NULL REFERENCES products (id),
    round TEXT NOT NULL REFERENCES rounds (id),
    status TEXT NOT NULL CHECK (status IN ('in','out','carried','decided')),
    requested_on BIGINT,
    reason TEXT NOT NULL,
    carried_from TEXT REFERENCES batches (id),
    carried_into TEXT REFERENCES batches (id),
    session TEXT REFERENCES sessions (id),
    PRIMARY KEY (batch, product)
);
-- A product waits in one batch at a time.
CREATE UNIQUE INDEX batch_items_in ON batch_items (product) WHERE status = 'in';
CREATE INDEX batch_items_product ON batch_items (product);

-- +goose Down
SELECT 1;
