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

-- REPLACE deletes without a delete trigger, unless recursive_triggers is on, as ours always has it.
-- For clients that have it off these two refuse a second row of one id; a second entry of one key
-- they can still force in, and `obole verify` finds it.
CREATE TRIGGER IF NOT EXISTS entries_no_replace BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'ledger: entries are never replaced'); END;
CREATE TRIGGER IF NOT EXISTS postings_no_replace BEFORE INSERT ON postings
WHEN EXISTS (
    SELECT 1 FROM postings WHERE id = NEW.id
    OR (account_id = NEW.account_id AND entry_id = NEW.entry_id)
)
BEGIN SELECT RAISE(ABORT, 'ledger: postings are never replaced'); END;

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

-- Frozen rows and results are evidence: written once, and no more of them afterwards.
CREATE TRIGGER IF NOT EXISTS frozen_wallets_no_update BEFORE UPDATE ON frozen_wallets
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_contents_no_update BEFORE UPDATE ON frozen_contents
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_shares_no_update BEFORE UPDATE ON frozen_shares
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_exclusions_no_update BEFORE UPDATE ON frozen_exclusions
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never updated'); END;
CREATE TRIGGER IF NOT EXISTS content_results_no_update BEFORE UPDATE ON content_results
BEGIN SELECT RAISE(ABORT, 'settlement: results are never updated'); END;
CREATE TRIGGER IF NOT EXISTS settlement_totals_no_update BEFORE UPDATE ON settlement_totals
BEGIN SELECT RAISE(ABORT, 'settlement: totals are never updated'); END;
CREATE TRIGGER IF NOT EXISTS checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'settlement: checkpoints are never updated'); END;
CREATE TRIGGER IF NOT EXISTS frozen_wallets_no_delete BEFORE DELETE ON frozen_wallets
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_contents_no_delete BEFORE DELETE ON frozen_contents
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_shares_no_delete BEFORE DELETE ON frozen_shares
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_exclusions_no_delete BEFORE DELETE ON frozen_exclusions
BEGIN SELECT RAISE(ABORT, 'settlement: frozen rows are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS content_results_no_delete BEFORE DELETE ON content_results
BEGIN SELECT RAISE(ABORT, 'settlement: results are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS settlement_totals_no_delete BEFORE DELETE ON settlement_totals
BEGIN SELECT RAISE(ABORT, 'settlement: totals are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'settlement: checkpoints are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS frozen_wallets_no_more BEFORE INSERT ON frozen_wallets
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id)
BEGIN SELECT RAISE(ABORT, 'settlement: this period is frozen already'); END;
CREATE TRIGGER IF NOT EXISTS frozen_contents_no_more BEFORE INSERT ON frozen_contents
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id)
BEGIN SELECT RAISE(ABORT, 'settlement: this period is frozen already'); END;
CREATE TRIGGER IF NOT EXISTS frozen_shares_no_more BEFORE INSERT ON frozen_shares
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id)
BEGIN SELECT RAISE(ABORT, 'settlement: this period is frozen already'); END;
CREATE TRIGGER IF NOT EXISTS frozen_exclusions_no_more BEFORE INSERT ON frozen_exclusions
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id)
BEGIN SELECT RAISE(ABORT, 'settlement: this period is frozen already'); END;
CREATE TRIGGER IF NOT EXISTS content_results_no_more BEFORE INSERT ON content_results
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id AND status = 'settled')
BEGIN SELECT RAISE(ABORT, 'settlement: this period is settled already'); END;
CREATE TRIGGER IF NOT EXISTS settlement_totals_no_more BEFORE INSERT ON settlement_totals
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id AND status = 'settled')
BEGIN SELECT RAISE(ABORT, 'settlement: this period is settled already'); END;
CREATE TRIGGER IF NOT EXISTS checkpoints_no_more BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM settlements WHERE period_id = NEW.period_id AND status = 'settled')
BEGIN SELECT RAISE(ABORT, 'settlement: this period is settled already'); END;

CREATE TRIGGER IF NOT EXISTS contents_platform_history BEFORE UPDATE OF platform_id ON contents
WHEN OLD.platform_id IS NOT NEW.platform_id
BEGIN
    INSERT INTO content_platforms (content_id, period_id, platform_id)
    SELECT OLD.id, o.period_id - 1, OLD.platform_id FROM open_period o WHERE o.period_id > 1
    ON CONFLICT DO NOTHING;
END;
