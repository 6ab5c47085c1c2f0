-- +goose Up
-- Differs because SQLite cannot take NOT NULL from a column.
-- What is done in place of a producer is not always about a product: a paper that is the producer's own, a petition.
ALTER TABLE on_behalf RENAME TO on_behalf_before;
DROP INDEX on_behalf_product;
DROP INDEX on_behalf_producer;
CREATE TABLE on_behalf (
    entry BIGINT PRIMARY KEY,
    product TEXT REFERENCES products (id),
    producer TEXT NOT NULL REFERENCES units (id),
    scan TEXT NOT NULL REFERENCES documents (id),
    event TEXT NOT NULL,
    actor TEXT NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting','confirmed','objected')),
    answered_by TEXT REFERENCES accounts (id),
    answered_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    petition TEXT REFERENCES petitions (id)
);
INSERT INTO on_behalf (entry, product, producer, scan, event, actor, at, state, answered_by, answered_at, version)
    SELECT entry, product, producer, scan, event, actor, at, state, answered_by, answered_at, version FROM on_behalf_before ORDER BY entry;
DROP TABLE on_behalf_before;
CREATE INDEX on_behalf_product ON on_behalf (product, entry);
CREATE INDEX on_behalf_producer ON on_behalf (producer, state);
CREATE INDEX on_behalf_petition ON on_behalf (petition);

-- +goose Down
SELECT 1;
