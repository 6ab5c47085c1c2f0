-- +goose Up
-- What time asks for: moves that fall due, reminders, overdue marks,
-- escalations, and products whose deadlines are to be worked out again.
ALTER TABLE timers RENAME TO timers_before;
CREATE TABLE timers (
    product TEXT NOT NULL REFERENCES products (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('event','remind','overdue','escalate','reckon')),
    event TEXT NOT NULL,
    deadline TEXT NOT NULL,
    days BIGINT NOT NULL,
    last_day BIGINT,
    due_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (product, name)
);
INSERT INTO timers (product, name, kind, event, deadline, days, last_day, due_at, version)
    SELECT product, 'event:' || event, 'event', event, '', 0, NULL, due_at, version FROM timers_before;
DROP TABLE timers_before;
CREATE INDEX timers_due ON timers (due_at, product, name);
INSERT INTO timers (product, name, kind, event, deadline, days, last_day, due_at, version)
    SELECT id, 'reckon', 'reckon', '', '', 0, NULL, 0, version FROM products WHERE round IS NOT NULL OR campaign IS NOT NULL OR state = 'certified';

-- What was said about a deadline, once for each of its last days.
CREATE TABLE marks (
    product TEXT NOT NULL REFERENCES products (id),
    deadline TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('remind','overdue','escalate')),
    days BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    roles TEXT NOT NULL,
    at BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (product, deadline, kind, days, last_day)
);

-- Later last days of a campaign's deadline, for all its products or for one,
-- or of a deadline of one product's procedure.
CREATE TABLE extensions (
    id TEXT PRIMARY KEY,
    deadline TEXT NOT NULL,
    campaign TEXT REFERENCES campaigns (id),
    product TEXT REFERENCES products (id),
    was BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    extended_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    entry BIGINT NOT NULL
);
CREATE INDEX extensions_product ON extensions (product, deadline);
CREATE INDEX extensions_campaign ON extensions (campaign, deadline);

-- Working-day calendars as published; known_on is the day up to which
-- announcements of days off have been taken in.
CREATE TABLE calendars (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    built_in BOOLEAN NOT NULL,
    known_on BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);

ALTER TABLE certificates ADD COLUMN extended_to BIGINT;

-- +goose Down
SELECT 1;
