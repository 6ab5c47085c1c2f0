-- +goose Up
-- Visits to several producers under one plan, and what became of each remedy.
ALTER TABLE inspections ADD COLUMN trip TEXT;
ALTER TABLE inspections ADD COLUMN cancelled_on BIGINT;
ALTER TABLE inspections ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX inspections_trip ON inspections (trip);

CREATE TABLE remedies (
    id TEXT PRIMARY KEY,
    inspection TEXT NOT NULL REFERENCES inspections (id),
    product TEXT NOT NULL REFERENCES products (id),
    owner TEXT REFERENCES units (id),
    due BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open','done','confirmed','dropped')),
    comment TEXT NOT NULL,
    document TEXT REFERENCES documents (id),
    reported_by TEXT REFERENCES accounts (id),
    reported_at BIGINT,
    decided_by TEXT REFERENCES accounts (id),
    decided_at BIGINT,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX remedies_product ON remedies (product);
CREATE INDEX remedies_inspection ON remedies (inspection);
CREATE INDEX remedies_owner ON remedies (owner);

CREATE TABLE inspection_photos (
    document TEXT PRIMARY KEY REFERENCES documents (id),
    inspection TEXT NOT NULL REFERENCES inspections (id),
    product TEXT NOT NULL REFERENCES products (id),
    finding TEXT NOT NULL
);
CREATE INDEX inspection_photos_inspection ON inspection_photos (inspection);

CREATE TABLE trips (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES units (id),
    campaign TEXT REFERENCES campaigns (id),
    title TEXT NOT NULL,
    first_day BIGINT NOT NULL,
    last_day BIGINT NOT NULL CHECK (last_day >= first_day),
    status TEXT NOT NULL CHECK (status IN ('planned','held','cancelled')),
    agenda TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX trips_unit ON trips (unit, id);

CREATE TABLE trip_guests (
    trip TEXT NOT NULL REFERENCES trips (id),
    number BIGINT NOT NULL CHECK (number > 0),
    unit TEXT REFERENCES units (id),
    name TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('invited','confirmed','declined','attended','withdrawn')),
    PRIMARY KEY (trip, number)
);
CREATE INDEX trip_guests_unit ON trip_guests (unit);

-- +goose Down
SELECT 1;
