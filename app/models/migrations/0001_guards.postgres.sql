-- What PostgreSQL itself refuses: the ledger is append-only, and an entry sums to zero per currency.
-- Statement-level triggers with transition tables: a batch of many legs is checked once.

CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % are never updated or deleted', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION ledger_check_legs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT entry_id FROM legs) l
        LEFT JOIN entries e ON e.id = l.entry_id WHERE e.id IS NULL
    ) THEN
        RAISE EXCEPTION 'ledger: a posting needs its entry'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT entry_id FROM legs) l
        JOIN seals s ON s.entry_id = l.entry_id
    ) THEN
        RAISE EXCEPTION 'ledger: a sealed entry takes no more legs'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM legs l
        LEFT JOIN ledger_accounts a ON a.id = l.account_id AND a.currency = l.currency
        WHERE a.id IS NULL
    ) THEN
        RAISE EXCEPTION 'ledger: a posting needs an account of its currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_check_seals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM new_seals s LEFT JOIN entries e ON e.id = s.entry_id WHERE e.id IS NULL
    ) THEN
        RAISE EXCEPTION 'ledger: a seal needs its entry'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM new_seals s
        WHERE (SELECT COUNT(*) FROM postings p WHERE p.entry_id = s.entry_id) < 2
    ) THEN
        RAISE EXCEPTION 'ledger: an entry needs two legs'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM new_seals s JOIN postings p ON p.entry_id = s.entry_id
        GROUP BY p.entry_id, p.currency HAVING SUM(p.amount_micros) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger: an entry sums to zero per currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- Evidence: frozen rows come before the settlement's own row, results before it is settled.
CREATE OR REPLACE FUNCTION settlement_refuse_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT period_id FROM added) n
        JOIN settlements s ON s.period_id = n.period_id
        WHERE TG_ARGV[0] = 'frozen' OR s.status = 'settled'
    ) THEN
        RAISE EXCEPTION 'settlement: this period is % already', TG_ARGV[0]
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- A closed period pays by the platform a content had at its close.
CREATE OR REPLACE FUNCTION contents_keep_platform() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO content_platforms (content_id, period_id, platform_id)
    SELECT OLD.id, o.period_id - 1, OLD.platform_id FROM open_period o WHERE o.period_id > 1
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER contents_platform_history AFTER UPDATE OF platform_id ON contents
    FOR EACH ROW WHEN (OLD.platform_id IS DISTINCT FROM NEW.platform_id)
    EXECUTE FUNCTION contents_keep_platform();

CREATE OR REPLACE TRIGGER entries_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER postings_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER seals_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER frozen_wallets_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_wallets
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER frozen_contents_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_contents
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER frozen_shares_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_shares
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER frozen_exclusions_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_exclusions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER content_results_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON content_results
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER settlement_totals_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_totals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER checkpoints_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE OR REPLACE TRIGGER frozen_wallets_no_more AFTER INSERT ON frozen_wallets
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('frozen');
CREATE OR REPLACE TRIGGER frozen_contents_no_more AFTER INSERT ON frozen_contents
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('frozen');
CREATE OR REPLACE TRIGGER frozen_shares_no_more AFTER INSERT ON frozen_shares
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('frozen');
CREATE OR REPLACE TRIGGER frozen_exclusions_no_more AFTER INSERT ON frozen_exclusions
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('frozen');
CREATE OR REPLACE TRIGGER content_results_no_more AFTER INSERT ON content_results
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('settled');
CREATE OR REPLACE TRIGGER settlement_totals_no_more AFTER INSERT ON settlement_totals
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('settled');
CREATE OR REPLACE TRIGGER checkpoints_no_more AFTER INSERT ON checkpoints
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse_more('settled');

CREATE OR REPLACE TRIGGER postings_on_an_open_entry AFTER INSERT ON postings
    REFERENCING NEW TABLE AS legs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_legs();
CREATE OR REPLACE TRIGGER seals_on_a_balanced_entry AFTER INSERT ON seals
    REFERENCING NEW TABLE AS new_seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_seals();
