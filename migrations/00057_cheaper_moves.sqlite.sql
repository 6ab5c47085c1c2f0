-- +goose Up
-- Differs because Postgres keeps no table in the order of its key (ADR 39).

-- Three timers are set or dropped with each move. With its rows in the tree of its
-- key the table is two trees instead of three. They are set by acts on their product
-- alone, and products are never deleted: nothing looks the product up again.
ALTER TABLE timers RENAME TO timers_before;
DROP INDEX timers_due;
CREATE TABLE timers (
    product TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('event','remind','overdue','escalate','reckon')),
    event TEXT NOT NULL,
    deadline TEXT NOT NULL,
    days BIGINT NOT NULL,
    last_day BIGINT,
    due_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (product, name)
) WITHOUT ROWID;
INSERT INTO timers (product, name, kind, event, deadline, days, last_day, due_at, version)
    SELECT product, name, kind, event, deadline, days, last_day, due_at, version FROM timers_before ORDER BY product, name;
DROP TABLE timers_before;
CREATE INDEX timers_due ON timers (due_at, product, name);

-- +goose Down
SELECT 1;
