-- +goose Up
-- Products of which a document is about to lapse, for the worklist.
CREATE INDEX marks_documents ON marks (product) WHERE deadline LIKE 'document:%';

-- +goose Down
SELECT 1;
