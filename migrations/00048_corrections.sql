-- +goose Up
-- What was wrong in the register, and how it was put right: the old and the new value stay.
ALTER TABLE producers ADD COLUMN registration TEXT NOT NULL DEFAULT '';

CREATE TABLE corrections (
    id TEXT PRIMARY KEY,
    product TEXT REFERENCES products (id),
    producer TEXT REFERENCES units (id),
    changes TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed','applied','declined')),
    second BOOLEAN NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES accounts (id),
    proposed_at BIGINT NOT NULL,
    decided_by TEXT REFERENCES accounts (id),
    decided_at BIGINT,
    note TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    CHECK ((product IS NULL) <> (producer IS NULL))
);
CREATE INDEX corrections_product ON corrections (product);
CREATE INDEX corrections_producer ON corrections (producer);
CREATE INDEX corrections_open ON corrections (id) WHERE state = 'proposed';

-- +goose Down
SELECT 1;
