-- +goose Up
-- What auditors search entries by, each in the order of the ledger.
CREATE INDEX entries_event ON entries (event, idx);
CREATE INDEX entries_kind ON entries (kind, idx);

-- What an auditor looked into, and what came of it.
CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    title TEXT NOT NULL,
    search TEXT NOT NULL,
    product TEXT REFERENCES products (id),
    about BIGINT,
    status TEXT NOT NULL CHECK (status IN ('open','closed')),
    opened_by TEXT NOT NULL REFERENCES accounts (id),
    opened_at BIGINT NOT NULL,
    closed_by TEXT REFERENCES accounts (id),
    closed_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX reviews_unit ON reviews (unit, id);

CREATE TABLE review_notes (
    review TEXT NOT NULL REFERENCES reviews (id),
    number BIGINT NOT NULL CHECK (number > 0),
    body TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES accounts (id),
    written_at BIGINT NOT NULL,
    PRIMARY KEY (review, number)
);

-- +goose Down
SELECT 1;
