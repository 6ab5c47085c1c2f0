-- +goose Up
-- Events are about petitions and duties too: those of one stream of the ledger go
-- in order, as those of one product did.
ALTER TABLE deliveries ADD COLUMN stream TEXT NOT NULL DEFAULT '';
UPDATE deliveries SET stream = 'product:' || product WHERE product <> '';
CREATE INDEX deliveries_stream ON deliveries (webhook, state, stream, entry);
DROP INDEX deliveries_due;

-- +goose Down
SELECT 1;
