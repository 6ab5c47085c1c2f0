-- +goose Up
-- Wrong passwords by the hash of a name or an address, and until when the next
-- one has to wait.
CREATE TABLE attempts (
    subject TEXT PRIMARY KEY,
    wrong BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- +goose Down
SELECT 1;
