-- What SQLite itself refuses: the ledger is append-only, and an entry sums to zero per currency.

CREATE TRIGGER IF NOT EXISTS entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'ledger: entries are never updated'); END;
CREATE TRIGGER IF NOT EXISTS entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'ledger: entries are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS postings_no_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'ledger: postings are never updated'); END;
CREATE TRIGGER IF NOT EXISTS postings_no_delete BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'ledger: postings are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS seals_no_update BEFORE UPDATE ON seals
BEGIN SELECT RAISE(ABORT, 'ledger: seals are never updated'); END;
CREATE TRIGGER IF NOT EXISTS seals_no_delete BEFORE DELETE ON seals
BEGIN SELECT RAISE(ABORT, 'ledger: seals are never deleted'); END;

CREATE TRIGGER IF NOT EXISTS postings_on_an_open_entry BEFORE INSERT ON postings
BEGIN
    SELECT RAISE(ABORT, 'ledger: a posting needs its entry')
    WHERE NOT EXISTS (SELECT 1 FROM entries WHERE id = NEW.entry_id);
    SELECT RAISE(ABORT, 'ledger: a sealed entry takes no more legs')
    WHERE EXISTS (SELECT 1 FROM seals WHERE entry_id = NEW.entry_id);
    SELECT RAISE(ABORT, 'ledger: a posting needs an account of its currency')
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger_accounts WHERE id = NEW.account_id AND currency = NEW.currency
    );
END;

CREATE TRIGGER IF NOT EXISTS seals_on_a_balanced_entry BEFORE INSERT ON seals
BEGIN
    SELECT RAISE(ABORT, 'ledger: a seal needs its entry')
    WHERE NOT EXISTS (SELECT 1 FROM entries WHERE id = NEW.entry_id);
    SELECT RAISE(ABORT, 'ledger: an entry needs two legs')
    WHERE (SELECT COUNT(*) FROM postings WHERE entry_id = NEW.entry_id) < 2;
    SELECT RAISE(ABORT, 'ledger: an entry sums to zero per currency')
    WHERE EXISTS (
        SELECT 1 FROM postings WHERE entry_id = NEW.entry_id
        GROUP BY currency HAVING SUM(amount_micros) <> 0
    );
END;

-- Frozen rows and results are evidence: written once.
CREATE TRIGGER IF NOT EXISTS frozen_wallets_no_update BEFORE UPDATE ON frozen_wallets
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_contents_no_update BEFORE UPDATE ON frozen_contents
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_shares_no_update BEFORE UPDATE ON frozen_shares
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS content_results_no_update BEFORE UPDATE ON content_results
BEGIN SELECT RAISE(ABORT, 'settlement: results are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_wallets_no_delete BEFORE DELETE ON frozen_wallets
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_contents_no_delete BEFORE DELETE ON frozen_contents
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_shares_no_delete BEFORE DELETE ON frozen_shares
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS content_results_no_delete BEFORE DELETE ON content_results
BEGIN SELECT RAISE(ABORT, 'settlement: results are never deleted'); END;
