-- +goose Up
-- Up to which entry each person has read what was said to them about deadlines.
CREATE TABLE notice_readings (
    account TEXT PRIMARY KEY,
    entry BIGINT NOT NULL,
    read_at BIGINT NOT NULL
);
CREATE INDEX marks_entry ON marks (entry);

-- +goose Down
SELECT 1;
