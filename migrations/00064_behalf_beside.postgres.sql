-- +goose Up
-- Differs because SQLite cannot take NOT NULL from a column.
-- What is done in place of a producer is not always about a product: a paper that is the producer's own, a petition.
ALTER TABLE on_behalf ALTER COLUMN product DROP NOT NULL;
ALTER TABLE on_behalf ADD COLUMN petition TEXT REFERENCES petitions (id);
CREATE INDEX on_behalf_petition ON on_behalf (petition);

-- +goose Down
SELECT 1;
