-- +goose Up
-- The words by which products are found: those of their names, codes and
-- producers, folded. Derived from the products, so the ledger does not tell it.
CREATE TABLE product_words (
    product TEXT NOT NULL REFERENCES products (id),
    word TEXT NOT NULL,
    PRIMARY KEY (product, word)
);
CREATE INDEX product_words_word ON product_words (word, product);
CREATE INDEX products_commune ON products (commune, code);
CREATE INDEX certificates_ends ON certificates (COALESCE(extended_to, last_day), number);
CREATE INDEX products_by_due ON products (COALESCE(due, 1099511627776), code);

-- +goose Down
SELECT 1;
