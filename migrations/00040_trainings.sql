-- +goose Up
-- Training that an office holds, who was invited and who came on which day.
CREATE TABLE trainings (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    campaign TEXT REFERENCES campaigns (id),
    title TEXT NOT NULL,
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL CHECK (last_day >= first_day),
    place TEXT NOT NULL,
    topics TEXT NOT NULL,
    organiser TEXT NOT NULL,
    lecturers TEXT NOT NULL,
    agenda TEXT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity >= 0),
    status TEXT NOT NULL CHECK (status IN ('planned','held','cancelled')),
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX trainings_unit ON trainings (unit, id);
CREATE INDEX trainings_campaign ON trainings (campaign);

CREATE TABLE trainees (
    training TEXT NOT NULL REFERENCES trainings (id),
    number BIGINT NOT NULL CHECK (number > 0),
    unit TEXT REFERENCES units (id),
    account TEXT REFERENCES accounts (id),
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    days TEXT NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    PRIMARY KEY (training, number)
);
CREATE INDEX trainees_unit ON trainees (unit);
CREATE INDEX trainees_account ON trainees (account);

CREATE TABLE materials (
    id TEXT PRIMARY KEY,
    training TEXT NOT NULL REFERENCES trainings (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_by TEXT NOT NULL REFERENCES accounts (id),
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX materials_training ON materials (training, id);

-- +goose Down
SELECT 1;
