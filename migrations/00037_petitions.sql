-- +goose Up
-- What somebody asks of an authority, on a small procedure of its own, and the
-- plans in which an authority puts the support together that it gives.
CREATE TABLE petitions (
    id TEXT PRIMARY KEY,
    procedure_name TEXT NOT NULL,
    procedure_version TEXT NOT NULL,
    procedure_hash TEXT NOT NULL,
    code TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    unit TEXT NOT NULL REFERENCES units (id),
    asker TEXT NOT NULL REFERENCES units (id),
    product TEXT REFERENCES products (id),
    campaign TEXT REFERENCES campaigns (id),
    state TEXT NOT NULL,
    track TEXT NOT NULL,
    turn BIGINT NOT NULL CHECK (turn > 0),
    due BIGINT,
    facts TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    opened_by TEXT NOT NULL REFERENCES accounts (id),
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (unit, code)
);
CREATE INDEX petitions_numbers ON petitions (unit, procedure_name, year, number);
CREATE INDEX petitions_asker ON petitions (asker, id);
CREATE INDEX petitions_product ON petitions (product, id);
CREATE INDEX petitions_procedure ON petitions (procedure_name, id);

CREATE TABLE petition_moves (
    entry BIGINT PRIMARY KEY,
    petition TEXT NOT NULL REFERENCES petitions (id),
    turn BIGINT NOT NULL CHECK (turn > 0),
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX petition_moves_petition ON petition_moves (petition, entry);

CREATE TABLE petition_parties (
    petition TEXT NOT NULL REFERENCES petitions (id),
    field TEXT NOT NULL,
    unit TEXT REFERENCES units (id),
    PRIMARY KEY (petition, field)
);
CREATE INDEX petition_parties_unit ON petition_parties (unit);

CREATE TABLE petition_documents (
    id TEXT PRIMARY KEY,
    petition TEXT NOT NULL REFERENCES petitions (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_by TEXT NOT NULL REFERENCES accounts (id),
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX petition_documents_petition ON petition_documents (petition, id);

CREATE TABLE support_plans (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    campaign TEXT NOT NULL REFERENCES campaigns (id),
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft','proposed','approved')),
    decision TEXT NOT NULL,
    approved_on BIGINT,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    proposed_by TEXT REFERENCES accounts (id),
    approved_by TEXT REFERENCES accounts (id),
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX support_plans_campaign ON support_plans (campaign, unit);
CREATE INDEX support_plans_unit ON support_plans (unit, id);

CREATE TABLE support_plan_lines (
    plan TEXT NOT NULL REFERENCES support_plans (id),
    petition TEXT NOT NULL REFERENCES petitions (id),
    dropped BOOLEAN NOT NULL,
    PRIMARY KEY (plan, petition)
);
CREATE INDEX support_plan_lines_petition ON support_plan_lines (petition);

-- +goose Down
SELECT 1;
