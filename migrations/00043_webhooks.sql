-- +goose Up
-- Receivers of events about products in a unit. Secrets lie under the server's
-- key; the one before the last signs too, until old_until.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL,
    old_until BIGINT,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX webhooks_unit ON webhooks (unit);

-- The entry that each webhook looks at next, and since when nothing was taken.
CREATE TABLE webhook_heads (
    webhook TEXT PRIMARY KEY,
    next BIGINT NOT NULL,
    failing_since BIGINT
);

-- Events to be delivered, and those that were, with every attempt.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    entry BIGINT NOT NULL,
    product TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting','done','failed')),
    tries BIGINT NOT NULL,
    first_at BIGINT,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX deliveries_due ON deliveries (webhook, state, product, entry);
CREATE INDEX deliveries_created ON deliveries (state, created_at);
CREATE TABLE delivery_attempts (
    delivery TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    error TEXT NOT NULL,
    millis BIGINT NOT NULL,
    PRIMARY KEY (delivery, number)
);

-- +goose Down
SELECT 1;
