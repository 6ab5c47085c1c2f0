-- +goose Up
-- What the public looks for: what was recognised last first, and the few communes
-- that have anything recognised among all that have products.
CREATE INDEX certificates_newest ON certificates (issued_on, number);
CREATE INDEX certificates_stars ON certificates (stars, issued_on, number);
CREATE INDEX certificates_revoked ON certificates (issued_on, number) WHERE revoked_on IS NOT NULL;
CREATE INDEX products_recognised ON products (commune) WHERE certificate IS NOT NULL;

-- +goose Down
SELECT 1;
