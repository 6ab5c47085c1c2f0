-- +goose Up
-- Roles that one person acts with for another, from a day to a day.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES units (id),
    delegator TEXT NOT NULL REFERENCES accounts (id),
    delegate TEXT NOT NULL REFERENCES accounts (id),
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL CHECK (last_day >= first_day),
    reason TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    ended_by TEXT REFERENCES accounts (id),
    ended_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX delegations_delegate ON delegations (delegate, last_day);
CREATE INDEX delegations_delegator ON delegations (delegator);

-- +goose Down
SELECT 1;
