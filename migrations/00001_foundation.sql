-- +goose Up
-- Moments are microseconds since 1970 UTC, days are days since 1970-01-01,
-- ids are UUIDs made by the program. No clock and no sequence of the database
-- is used, so that both databases hold the same.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE units (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ministry','province','district','commune','department','office','council','producer')),
    parent TEXT REFERENCES units (id),
    path TEXT NOT NULL UNIQUE,
    valid_from BIGINT,
    valid_to BIGINT,
    successor TEXT,
    assumed BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);

CREATE TABLE producers (
    id TEXT PRIMARY KEY REFERENCES units (id),
    form TEXT NOT NULL,
    folded TEXT NOT NULL
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);

CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES units (id),
    granted_at BIGINT NOT NULL,
    granted_by TEXT NOT NULL,
    UNIQUE (account, role, unit)
);

-- Sessions and bearer tokens alike: only the SHA-256 of the secret is kept.
CREATE TABLE credentials (
    hash BYTEA PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('session','token')),
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX credentials_account ON credentials (account, kind);

CREATE TABLE procedures (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE campaigns (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    year BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES units (id),
    title_vi TEXT NOT NULL,
    title_en TEXT NOT NULL,
    procedure_name TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    producer TEXT NOT NULL REFERENCES producers (id),
    unit TEXT NOT NULL REFERENCES units (id),
    commune TEXT REFERENCES units (id),
    path TEXT NOT NULL,
    criteria_set BIGINT NOT NULL CHECK (criteria_set BETWEEN 1 AND 26),
    state TEXT NOT NULL,
    track TEXT NOT NULL,
    level TEXT NOT NULL,
    round TEXT,
    version BIGINT NOT NULL CHECK (version > 0),
    campaign TEXT REFERENCES campaigns (id),
    stars BIGINT NOT NULL CHECK (stars BETWEEN 0 AND 5),
    certificate TEXT,
    due BIGINT,
    rejected BOOLEAN NOT NULL,
    assumed BOOLEAN NOT NULL,
    proposal TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX products_path ON products (path, code);
CREATE INDEX products_producer ON products (producer, code);
CREATE INDEX products_state ON products (state, code);
CREATE INDEX products_campaign ON products (campaign, code);
CREATE INDEX products_due ON products (due) WHERE due IS NOT NULL;

CREATE TABLE rounds (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    number BIGINT NOT NULL,
    track TEXT NOT NULL,
    procedure_name TEXT NOT NULL,
    procedure_version TEXT NOT NULL,
    procedure_hash TEXT NOT NULL,
    campaign TEXT,
    level TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    closed_at BIGINT,
    outcome TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (product, number)
);
CREATE UNIQUE INDEX rounds_open ON rounds (product) WHERE closed_at IS NULL;
CREATE INDEX rounds_procedure ON rounds (procedure_name, procedure_version);

-- One row for each act of a round: who did what. The ledger holds the proof;
-- this answers "did the same person …?" and "was it done?" at once.
CREATE TABLE moves (
    entry BIGINT PRIMARY KEY,
    product TEXT NOT NULL,
    round TEXT,
    campaign TEXT,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX moves_product ON moves (product, entry);

CREATE TABLE certificates (
    number TEXT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    round TEXT,
    stars BIGINT NOT NULL CHECK (stars BETWEEN 3 AND 5),
    level TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_on BIGINT,
    decision_file TEXT,
    issued_on BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    superseded_by TEXT,
    superseded_on BIGINT,
    revoked_on BIGINT,
    assumed BOOLEAN NOT NULL,
    entry BIGINT NOT NULL
);
CREATE INDEX certificates_product ON certificates (product, issued_on);
CREATE INDEX certificates_last_day ON certificates (last_day);

CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    content BYTEA NOT NULL
);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    producer TEXT NOT NULL REFERENCES producers (id),
    product TEXT REFERENCES products (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    valid_from BIGINT,
    valid_to BIGINT,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX documents_product ON documents (product, kind);
CREATE INDEX documents_producer ON documents (producer, kind);

CREATE TABLE inspections (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    round TEXT,
    campaign TEXT,
    day BIGINT NOT NULL,
    held_on BIGINT,
    provincial_council BOOLEAN NOT NULL,
    participants TEXT NOT NULL,
    findings TEXT NOT NULL,
    open_remedies BIGINT NOT NULL CHECK (open_remedies >= 0),
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX inspections_product ON inspections (product, day);

CREATE TABLE timers (
    product TEXT NOT NULL REFERENCES products (id),
    event TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (product, event)
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE idempotency (
    account TEXT NOT NULL,
    route TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, route, idem_key)
);
CREATE INDEX idempotency_at ON idempotency (at);

-- The ledger. No foreign keys: entries outlive what they describe.
CREATE TABLE entries (
    idx BIGINT PRIMARY KEY,
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    product TEXT,
    round TEXT,
    hash BYTEA NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (stream, seq)
);
CREATE INDEX entries_actor ON entries (actor, idx);
CREATE INDEX entries_product ON entries (product, idx);

CREATE TABLE streams (
    stream TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- Roots of perfect subtrees of 256, 65,536 … leaves; see ledger.Subtree.
CREATE TABLE subtrees (
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (level, idx)
);

CREATE TABLE ledger_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    edge BYTEA NOT NULL,
    root BYTEA NOT NULL,
    last_at BIGINT NOT NULL
);

-- Personal values and free texts behind the commitments of entries.
CREATE TABLE private_values (
    commitment TEXT PRIMARY KEY,
    entry BIGINT NOT NULL,
    field TEXT NOT NULL,
    salt BYTEA NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX private_values_entry ON private_values (entry);

-- +goose Down
SELECT 1;
