-- +goose Up
-- Texts from which a unit makes its papers, in place of the shipped ones.
CREATE TABLE paper_templates (
    unit TEXT NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    lang TEXT NOT NULL CHECK (lang IN ('vi','en')),
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    dropped BOOLEAN NOT NULL,
    kept_by TEXT NOT NULL REFERENCES accounts (id),
    kept_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (unit, name, lang)
);

-- +goose Down
SELECT 1;
