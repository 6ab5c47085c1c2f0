-- +goose Up
-- How far each organisation is with what a campaign asks of it. A row is there
-- once somebody said something about it.
CREATE TABLE campaign_duties (
    campaign TEXT NOT NULL REFERENCES campaigns (id),
    duty TEXT NOT NULL,
    organisation TEXT NOT NULL REFERENCES units (id),
    state TEXT NOT NULL CHECK (state IN ('open','in_progress','done','not_applicable')),
    owner TEXT REFERENCES accounts (id),
    done_on BIGINT,
    note TEXT NOT NULL,
    changed_by TEXT NOT NULL REFERENCES accounts (id),
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    PRIMARY KEY (campaign, duty, organisation)
);
CREATE INDEX campaign_duties_organisation ON campaign_duties (organisation);

-- +goose Down
SELECT 1;
