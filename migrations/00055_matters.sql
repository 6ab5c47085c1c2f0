-- +goose Up
-- What time asks of what is no product: petitions, and what campaigns ask of
-- organisations. A matter is named by its stream in the ledger.
CREATE TABLE matter_timers (
    matter TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('remind','overdue','escalate','reckon')),
    deadline TEXT NOT NULL,
    days BIGINT NOT NULL,
    last_day BIGINT,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (matter, name)
);
CREATE INDEX matter_timers_due ON matter_timers (due_at, matter, name);

-- What was said about a deadline of a matter, once for each of its last days.
CREATE TABLE matter_marks (
    matter TEXT NOT NULL,
    deadline TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('remind','overdue','escalate')),
    days BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    petition TEXT REFERENCES petitions (id),
    roles TEXT NOT NULL,
    at BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (matter, deadline, kind, days, last_day)
);
CREATE INDEX matter_marks_entry ON matter_marks (entry);

-- Whom it was said to: a role at a place; without a role, whoever holds one in
-- that very unit.
CREATE TABLE matter_told (
    entry BIGINT NOT NULL,
    role TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (entry, role, place)
);
CREATE INDEX extensions_deadline ON extensions (deadline);
CREATE INDEX petitions_campaign ON petitions (campaign);

-- +goose Down
SELECT 1;
