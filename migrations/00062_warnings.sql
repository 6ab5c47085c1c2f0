-- +goose Up
-- Letters by which producers were told that a certificate ends, or when to file for
-- renewal. The letter is a line of the register of papers sent; if that is voided,
-- the certificate was not warned of.
CREATE TABLE warnings (
    certificate TEXT NOT NULL REFERENCES certificates (number),
    warning TEXT NOT NULL,
    paper TEXT NOT NULL REFERENCES correspondence (id),
    product TEXT NOT NULL REFERENCES products (id),
    written_on BIGINT NOT NULL,
    written_by TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (certificate, warning, paper)
);
CREATE INDEX warnings_product ON warnings (product);

-- +goose Down
SELECT 1;
