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
CREATE OR REPLACE TRIGGER content_results_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON content_results
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE OR REPLACE TRIGGER postings_on_an_open_entry AFTER INSERT ON postings
    REFERENCING NEW TABLE AS legs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_legs();
CREATE OR REPLACE TRIGGER seals_on_a_balanced_entry AFTER INSERT ON seals
    REFERENCING NEW TABLE AS new_seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_seals();
