-- +goose Up
-- Places and words are looked up by ranges of their bytes, whatever the
-- database's own order of letters is.
ALTER TABLE units ALTER COLUMN path TYPE TEXT COLLATE "C";
ALTER TABLE products ALTER COLUMN path TYPE TEXT COLLATE "C";
ALTER TABLE product_words ALTER COLUMN word TYPE TEXT COLLATE "C";

-- +goose Down
SELECT 1;
