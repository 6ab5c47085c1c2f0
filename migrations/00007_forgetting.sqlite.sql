-- +goose Up
-- Differs because the two databases write triggers in languages of their own.
-- A private value goes only once an erasure names it.

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
-- +goose StatementBegin
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE on erasures');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: DELETE on erasures');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER erasures_no_replace BEFORE INSERT ON erasures
WHEN EXISTS (SELECT 1 FROM erasures WHERE commitment = NEW.commitment) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE on erasures');
END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
