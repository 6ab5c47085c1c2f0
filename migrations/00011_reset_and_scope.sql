-- +goose Up
-- A password that an administrator gave is changed at the next sign-in; a token
-- may be for reading alone ('' writes too).
ALTER TABLE accounts ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE credentials ADD COLUMN scope TEXT NOT NULL DEFAULT '' CHECK (scope IN ('', 'read'));

-- +goose Down
SELECT 1;
