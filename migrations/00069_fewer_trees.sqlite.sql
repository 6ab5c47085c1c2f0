-- +goose Up
-- Differs because SQLite keeps a tree for every key that is not its row's number
-- (ADR 50). The last entry of a stream is found by the index of the entries
-- themselves, and deadlines by the index that sorts by them.
DROP TABLE streams;
DROP INDEX products_due;

-- INTEGER PRIMARY KEY, and no other words, makes a column the row's number.
CREATE TABLE entries_now (
    idx INTEGER PRIMARY KEY,
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
INSERT INTO entries_now (idx, stream, seq, at, actor, kind, event, product, round, hash, body)
    SELECT idx, stream, seq, at, actor, kind, event, product, round, hash, body FROM entries ORDER BY idx;
DROP TABLE entries;
ALTER TABLE entries_now RENAME TO entries;
CREATE INDEX entries_actor ON entries (actor, idx);
CREATE INDEX entries_product ON entries (product, idx);
CREATE INDEX entries_event ON entries (event, idx);
CREATE INDEX entries_kind ON entries (kind, idx);
-- +goose StatementBegin
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE on entries');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: DELETE on entries');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE idx = NEW.idx OR (stream = NEW.stream AND seq = NEW.seq)) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE on entries');
END;
-- +goose StatementEnd

CREATE TABLE moves_now (
    entry INTEGER PRIMARY KEY,
    product TEXT NOT NULL,
    round TEXT,
    campaign TEXT,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
INSERT INTO moves_now (entry, product, round, campaign, event, actor, at)
    SELECT entry, product, round, campaign, event, actor, at FROM moves ORDER BY entry;
DROP TABLE moves;
ALTER TABLE moves_now RENAME TO moves;
CREATE INDEX moves_product ON moves (product, entry);

CREATE TABLE private_values_now (
    commitment TEXT PRIMARY KEY,
    entry BIGINT NOT NULL,
    field TEXT NOT NULL,
    salt BYTEA NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO private_values_now (commitment, entry, field, salt, value)
    SELECT commitment, entry, field, salt, value FROM private_values ORDER BY commitment;
DROP TABLE private_values;
ALTER TABLE private_values_now RENAME TO private_values;
CREATE INDEX private_values_entry ON private_values (entry);
-- +goose StatementBegin
CREATE TRIGGER private_values_kept BEFORE DELETE ON private_values
WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE commitment = OLD.commitment) BEGIN
    SELECT RAISE(ABORT, 'a private value is forgotten by an erasure only: DELETE on private_values');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER private_values_no_update BEFORE UPDATE ON private_values BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE on private_values');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER private_values_no_replace BEFORE INSERT ON private_values
WHEN EXISTS (SELECT 1 FROM private_values WHERE commitment = NEW.commitment) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE on private_values');
END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
