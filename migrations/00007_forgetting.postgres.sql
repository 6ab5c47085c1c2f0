-- +goose Up
-- Differs because the two databases write triggers in languages of their own.
-- A private value goes only once an erasure names it.

-- +goose StatementBegin
CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM erasures WHERE commitment = OLD.commitment) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a private value is forgotten by an erasure only: DELETE on private_values' USING ERRCODE = '23514';
END $$;
-- +goose StatementEnd

CREATE TRIGGER private_values_kept BEFORE DELETE ON private_values FOR EACH ROW EXECUTE FUNCTION refuse_forgetting();
CREATE TRIGGER private_values_no_update BEFORE UPDATE ON private_values FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER private_values_no_truncate BEFORE TRUNCATE ON private_values FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasures_append_only BEFORE UPDATE OR DELETE ON erasures FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasures_no_truncate BEFORE TRUNCATE ON erasures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
SELECT 1;
