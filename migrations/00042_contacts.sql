-- +goose Up
-- Where a person is written to, and when: hours of the day in Vietnam.
CREATE TABLE contacts (
    account TEXT PRIMARY KEY REFERENCES accounts (id),
    address TEXT NOT NULL,
    verified_at BIGINT,
    delivery TEXT NOT NULL CHECK (delivery IN ('each','daily','none')),
    quiet_from BIGINT NOT NULL CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_until BIGINT NOT NULL CHECK (quiet_until BETWEEN 0 AND 23),
    rest_days BOOLEAN NOT NULL,
    lang TEXT NOT NULL CHECK (lang IN ('vi','en')),
    version BIGINT NOT NULL CHECK (version > 0)
);

-- Up to which entry marks were put into mails for each person, and the day of
-- the last digest.
CREATE TABLE mail_readings (
    account TEXT PRIMARY KEY,
    entry BIGINT NOT NULL,
    day BIGINT NOT NULL
);

-- Mails to be sent and those that were: of reminders, the marks after since and
-- up to up_to. The text is written when it is sent.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    since BIGINT NOT NULL,
    up_to BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting','sent','dropped','failed')),
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX mails_due ON mails (state, next_at);
CREATE INDEX mails_account ON mails (account, id);

-- Feeds of a person's deadlines; only the hash of what opens one is kept.
CREATE TABLE calendar_feeds (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    hash BYTEA NOT NULL,
    label TEXT NOT NULL,
    lang TEXT NOT NULL CHECK (lang IN ('vi','en')),
    created_at BIGINT NOT NULL
);
CREATE INDEX calendar_feeds_account ON calendar_feeds (account);
CREATE INDEX calendar_feeds_hash ON calendar_feeds (hash);

-- +goose Down
SELECT 1;
