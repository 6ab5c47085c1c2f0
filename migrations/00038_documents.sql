-- +goose Up
-- Content may lie in pieces or in a directory; a document may take the place of an earlier one.
ALTER TABLE blobs ADD COLUMN home TEXT NOT NULL DEFAULT '';
ALTER TABLE blobs ADD COLUMN upload TEXT;
ALTER TABLE blobs ADD COLUMN size BIGINT NOT NULL DEFAULT 0;

CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL
);

CREATE TABLE upload_pieces (
    upload TEXT NOT NULL REFERENCES uploads (id),
    number BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (upload, number)
);

ALTER TABLE documents ADD COLUMN replaces TEXT REFERENCES documents (id);
CREATE INDEX documents_valid_to ON documents (valid_to, id);

-- +goose Down
SELECT 1;
