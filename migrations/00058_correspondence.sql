-- +goose Up
-- The register of papers received and sent (sổ đăng ký văn bản đến, đi). Each unit counts the
-- papers of a year, those received and those sent each for themselves; a line is voided, never
-- changed, and keeps its number.
CREATE TABLE correspondence (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    year BIGINT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('received','sent')),
    number BIGINT NOT NULL CHECK (number > 0),
    symbol TEXT NOT NULL,
    folded TEXT NOT NULL,
    dated BIGINT,
    dated_year BIGINT NOT NULL,
    received_on BIGINT,
    registered_on BIGINT NOT NULL,
    due_on BIGINT NOT NULL,
    kind TEXT NOT NULL,
    others TEXT NOT NULL,
    summary TEXT NOT NULL,
    sought TEXT NOT NULL,
    decision TEXT REFERENCES decisions (id),
    product TEXT REFERENCES products (id),
    body TEXT NOT NULL,
    registered_by TEXT NOT NULL REFERENCES accounts (id),
    registered_at BIGINT NOT NULL,
    voided_by TEXT REFERENCES accounts (id),
    voided_at BIGINT,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE UNIQUE INDEX correspondence_number ON correspondence (unit, direction, year, number);
CREATE UNIQUE INDEX correspondence_symbol ON correspondence (unit, dated_year, folded) WHERE direction = 'sent' AND folded <> '' AND voided_at IS NULL;

-- Units and producers that it came from, or went to.
CREATE TABLE correspondence_parties (
    line TEXT NOT NULL REFERENCES correspondence (id),
    unit TEXT NOT NULL REFERENCES units (id),
    PRIMARY KEY (line, unit)
);
CREATE INDEX correspondence_parties_unit ON correspondence_parties (unit, line);

CREATE TABLE correspondence_products (
    line TEXT NOT NULL REFERENCES correspondence (id),
    product TEXT NOT NULL REFERENCES products (id),
    PRIMARY KEY (line, product)
);
CREATE INDEX correspondence_products_product ON correspondence_products (product, line);

-- The scan, once.
CREATE TABLE correspondence_files (
    line TEXT PRIMARY KEY REFERENCES correspondence (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    filed_by TEXT NOT NULL REFERENCES accounts (id),
    filed_at BIGINT NOT NULL
);

-- +goose Down
SELECT 1;
