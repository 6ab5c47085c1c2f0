-- +goose Up
-- A second factor of an account: the shared secret under the server's key, and
-- hashes of the recovery codes that are left.
CREATE TABLE second_factors (
    account TEXT PRIMARY KEY REFERENCES accounts (id),
    secret TEXT NOT NULL,
    recovery TEXT NOT NULL,
    since BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);

-- The last time step whose code an account used, so that none serves twice.
CREATE TABLE used_steps (
    account TEXT PRIMARY KEY,
    step BIGINT NOT NULL
);

-- Who a person is to another provider (OpenID Connect).
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    label TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_account ON identities (account);

-- +goose Down
SELECT 1;
