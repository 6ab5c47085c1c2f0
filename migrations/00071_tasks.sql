-- +goose Up
-- A worklist asks for products in rounds by their state, in the order of deadlines,
-- and for those that something is said about.
CREATE INDEX products_tasks ON products (state, COALESCE(due, 1099511627776), code) WHERE round IS NOT NULL;
CREATE INDEX products_resting ON products (COALESCE(due, 1099511627776), code) WHERE round IS NULL;
CREATE INDEX products_proposed ON products (id) WHERE proposal <> '';
CREATE INDEX marks_last_day ON marks (last_day, product);
-- Most products have no campaign; they need no place in its index.
DROP INDEX products_campaign;
CREATE INDEX products_campaign ON products (campaign, code) WHERE campaign IS NOT NULL;
-- What was done in a round is read without what was done in those before it.
DROP INDEX moves_product;
CREATE INDEX moves_round ON moves (product, round);
-- Where most documents are of a producer and of no product, SQLite read them all
-- rather than look one product up: the index says nothing of those any more.
DROP INDEX documents_product;
CREATE INDEX documents_product ON documents (product, kind) WHERE product IS NOT NULL;

-- +goose Down
SELECT 1;
