-- +goose Up
-- What a producer brought for all its products is found by the producer and the
-- missing product together; with the producer alone all of its documents were read.
CREATE INDEX documents_owner ON documents (producer, product);

-- +goose Down
SELECT 1;
