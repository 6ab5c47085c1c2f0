-- +goose Up
-- Decisions on which recognitions and revocations rest, with their signed originals. A number
-- stands for one decision of its issuer in its year, whoever types it and however many at once.
CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    year BIGINT NOT NULL,
    number TEXT NOT NULL,
    folded TEXT NOT NULL,
    decided_on BIGINT NOT NULL,
    about TEXT NOT NULL,
    product TEXT NOT NULL REFERENCES products (id),
    state TEXT NOT NULL CHECK (state IN ('pending','filed','none')),
    signer TEXT NOT NULL,
    summary TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE UNIQUE INDEX decisions_number ON decisions (unit, year, folded);
CREATE INDEX decisions_day ON decisions (decided_on, id);
CREATE INDEX decisions_pending ON decisions (product) WHERE state = 'pending';

CREATE TABLE decision_products (
    decision TEXT NOT NULL REFERENCES decisions (id),
    product TEXT NOT NULL REFERENCES products (id),
    PRIMARY KEY (decision, product)
);
CREATE INDEX decision_products_product ON decision_products (product);

-- Files are added, never taken away: the newest counts, and says why it took the place of another.
CREATE TABLE originals (
    id TEXT PRIMARY KEY,
    decision TEXT NOT NULL REFERENCES decisions (id),
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    reason TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    filed_at BIGINT NOT NULL
);
CREATE INDEX originals_decision ON originals (decision, id);

-- +goose Down
SELECT 1;
