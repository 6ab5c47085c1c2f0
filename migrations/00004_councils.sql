-- +goose Up
-- Councils, their scoring sessions, who sits in them, and the sheets.
CREATE TABLE councils (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES units (id),
    level TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_on BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    entry BIGINT NOT NULL
);
CREATE INDEX councils_unit ON councils (unit, id);

CREATE TABLE council_members (
    council TEXT NOT NULL REFERENCES councils (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    position TEXT NOT NULL CHECK (position IN ('chair','vice_chair','member','secretary')),
    place BIGINT NOT NULL,
    PRIMARY KEY (council, account)
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    council TEXT NOT NULL REFERENCES councils (id),
    product TEXT NOT NULL REFERENCES products (id),
    round TEXT NOT NULL REFERENCES rounds (id),
    level TEXT NOT NULL,
    procedure_name TEXT NOT NULL,
    procedure_version TEXT NOT NULL,
    criteria_set BIGINT NOT NULL CHECK (criteria_set BETWEEN 1 AND 26),
    kind TEXT NOT NULL CHECK (kind IN ('meeting','written')),
    held_on BIGINT NOT NULL,
    place TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('scoring','opened','closed','cancelled')),
    turn BIGINT NOT NULL CHECK (turn > 0),
    agreed TEXT NOT NULL,
    result TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE UNIQUE INDEX sessions_running ON sessions (product) WHERE status IN ('scoring','opened');
CREATE INDEX sessions_product ON sessions (product, id);

CREATE TABLE seats (
    session TEXT NOT NULL REFERENCES sessions (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    position TEXT NOT NULL CHECK (position IN ('chair','vice_chair','member','secretary')),
    place BIGINT NOT NULL,
    declared_at BIGINT,
    recused BOOLEAN NOT NULL,
    grounds TEXT NOT NULL,
    PRIMARY KEY (session, account)
);
CREATE INDEX seats_account ON seats (account, session);

-- One member's choices in one turn; sealed once it has an entry.
CREATE TABLE sheets (
    session TEXT NOT NULL REFERENCES sessions (id),
    turn BIGINT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    body TEXT NOT NULL,
    opinion TEXT NOT NULL,
    salt BYTEA,
    seal TEXT NOT NULL,
    sealed_at BIGINT,
    entry BIGINT,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (session, turn, account)
);

-- What producers made of their products themselves.
CREATE TABLE self_scores (
    product TEXT NOT NULL REFERENCES products (id),
    number BIGINT NOT NULL,
    round TEXT,
    criteria TEXT NOT NULL,
    criteria_set BIGINT NOT NULL,
    body TEXT NOT NULL,
    evidence TEXT NOT NULL,
    scored_by TEXT NOT NULL,
    scored_at BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (product, number)
);

-- +goose Down
SELECT 1;
