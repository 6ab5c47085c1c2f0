-- +goose Up
-- Differs because the two databases write triggers in languages of their own.
-- REPLACE would delete without firing a delete trigger (recursive_triggers is
-- off), so an insert over an existing row is refused as well.

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
-- +goose StatementBegin
CREATE TRIGGER subtrees_no_update BEFORE UPDATE ON subtrees BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE on subtrees');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER subtrees_no_delete BEFORE DELETE ON subtrees BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: DELETE on subtrees');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER subtrees_no_replace BEFORE INSERT ON subtrees
WHEN EXISTS (SELECT 1 FROM subtrees WHERE level = NEW.level AND idx = NEW.idx) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE on subtrees');
END;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
