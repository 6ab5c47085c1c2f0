-- +goose Up
-- Written notices of results: which result of a product a sent paper told. A certificate that was
-- issued since, or a second scoring, makes it another result.
CREATE TABLE result_notices (
    paper TEXT PRIMARY KEY REFERENCES correspondence (id),
    product TEXT NOT NULL REFERENCES products (id),
    session TEXT NOT NULL REFERENCES sessions (id),
    certificate TEXT NOT NULL
);
CREATE INDEX result_notices_product ON result_notices (product, paper);
CREATE INDEX result_notices_session ON result_notices (session);

-- +goose Down
SELECT 1;
