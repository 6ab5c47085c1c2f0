-- +goose Up
-- What an office or a commune did in place of a producer, from its paper, and what the producer says to it.
CREATE TABLE on_behalf (
    entry BIGINT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    producer TEXT NOT NULL REFERENCES units (id),
    scan TEXT NOT NULL REFERENCES documents (id),
    event TEXT NOT NULL,
    actor TEXT NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting','confirmed','objected')),
    answered_by TEXT REFERENCES accounts (id),
    answered_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX on_behalf_product ON on_behalf (product, entry);
CREATE INDEX on_behalf_producer ON on_behalf (producer, state);

-- +goose Down
SELECT 1;
