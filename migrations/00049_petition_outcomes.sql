-- +goose Up
-- What petitions came to for the products that they are about, as those know it who see the product.
CREATE TABLE petition_outcomes (
    entry BIGINT PRIMARY KEY,
    petition TEXT NOT NULL REFERENCES petitions (id),
    product TEXT NOT NULL REFERENCES products (id),
    certificate TEXT,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX petition_outcomes_product ON petition_outcomes (product, entry);
CREATE INDEX petition_outcomes_petition ON petition_outcomes (petition);

-- +goose Down
SELECT 1;
