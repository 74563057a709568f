-- Every table of Obole. {id}, {time}, {flag}, {false} and {json} differ between the two databases.
-- Amounts are BIGINT micro-units (1e-6 of the currency's main unit), always below 2^53.

CREATE TABLE IF NOT EXISTS accounts (
    id {id},
    handle VARCHAR(40) NOT NULL CONSTRAINT accounts_handle_unique UNIQUE,
    display_name VARCHAR(80) NOT NULL,
    email VARCHAR(254) NOT NULL CONSTRAINT accounts_email_unique UNIQUE,
    password_hash VARCHAR(255) NOT NULL,
    is_operator {flag} NOT NULL DEFAULT {false},
    created_at {time} NOT NULL,
    suspended_at {time},
    deleted_at {time}
);

CREATE TABLE IF NOT EXISTS sessions (
    id {id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    token_hash CHAR(64) NOT NULL CONSTRAINT sessions_token_hash_unique UNIQUE,
    scopes VARCHAR(200) NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    revoked_at {time}
);
CREATE INDEX IF NOT EXISTS sessions_account ON sessions (account_id);

CREATE TABLE IF NOT EXISTS periods (
    id BIGINT NOT NULL PRIMARY KEY,
    key CHAR(7) NOT NULL CONSTRAINT periods_key_unique UNIQUE,
    starts_at {time} NOT NULL,
    ends_at {time} NOT NULL,
    status VARCHAR(8) NOT NULL
        CONSTRAINT periods_status_known CHECK (status IN ('open', 'closed', 'settled')),
    closed_at {time},
    settled_at {time},
    CONSTRAINT periods_half_open CHECK (starts_at < ends_at)
);
CREATE UNIQUE INDEX IF NOT EXISTS periods_one_open ON periods (status) WHERE status = 'open';

CREATE TABLE IF NOT EXISTS open_period (
    id BIGINT NOT NULL PRIMARY KEY CONSTRAINT open_period_one_row CHECK (id = 1),
    period_id BIGINT NOT NULL REFERENCES periods (id)
);

CREATE TABLE IF NOT EXISTS platforms (
    id {id},
    slug VARCHAR(40) NOT NULL CONSTRAINT platforms_slug_unique UNIQUE,
    name VARCHAR(80) NOT NULL,
    owner_id BIGINT REFERENCES accounts (id),
    created_at {time} NOT NULL
);

CREATE TABLE IF NOT EXISTS platform_hosts (
    id {id},
    platform_id BIGINT NOT NULL REFERENCES platforms (id),
    host VARCHAR(253) NOT NULL CONSTRAINT platform_hosts_host_unique UNIQUE
);
CREATE INDEX IF NOT EXISTS platform_hosts_platform ON platform_hosts (platform_id);

-- The house's own rate has no platform. A period pays the latest rate that began before its close.
CREATE TABLE IF NOT EXISTS commission_rates (
    id {id},
    platform_id BIGINT REFERENCES platforms (id),
    commission_bps INT NOT NULL,
    platform_bps INT NOT NULL,
    starts_at {time} NOT NULL,
    CONSTRAINT commission_rates_in_order
        CHECK (0 <= platform_bps AND platform_bps <= commission_bps AND commission_bps <= 10000),
    CONSTRAINT commission_rates_house_alone CHECK (platform_id IS NOT NULL OR platform_bps = 0)
);
CREATE UNIQUE INDEX IF NOT EXISTS commission_rates_dated
    ON commission_rates (COALESCE(platform_id, 0), starts_at);

CREATE TABLE IF NOT EXISTS contents (
    id {id},
    url VARCHAR(2000) NOT NULL CONSTRAINT contents_url_unique UNIQUE,
    registered_url VARCHAR(2000) NOT NULL CONSTRAINT contents_registered_url_unique UNIQUE,
    title VARCHAR(300) NOT NULL,
    description VARCHAR(2000),
    language VARCHAR(35),
    tags {json} NOT NULL,
    platform_id BIGINT REFERENCES platforms (id),
    external_id VARCHAR(200),
    registered_by_id BIGINT REFERENCES accounts (id),
    shares_period_id BIGINT REFERENCES periods (id),
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    deleted_at {time},
    CONSTRAINT contents_external_id_unique UNIQUE (platform_id, external_id)
);

-- The platform a content had when a period closed, where it has another since then: the closed
-- period pays by its own. Written by a trigger, so that no edit can forget it.
CREATE TABLE IF NOT EXISTS content_platforms (
    content_id BIGINT NOT NULL REFERENCES contents (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    platform_id BIGINT REFERENCES platforms (id),
    PRIMARY KEY (content_id, period_id)
);

-- Every URL a content ever had: old buttons keep finding it, and nobody else can take one over.
CREATE TABLE IF NOT EXISTS content_urls (
    url VARCHAR(2000) NOT NULL PRIMARY KEY,
    content_id BIGINT NOT NULL REFERENCES contents (id)
);
CREATE INDEX IF NOT EXISTS content_urls_content ON content_urls (content_id);

-- A set of shares holds from its period on, until the content's next set.
CREATE TABLE IF NOT EXISTS content_shares (
    id {id},
    content_id BIGINT NOT NULL REFERENCES contents (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    share INT NOT NULL CONSTRAINT content_shares_of_10000 CHECK (share BETWEEN 1 AND 10000),
    position INT NOT NULL CONSTRAINT content_shares_position_from_1 CHECK (position >= 1),
    CONSTRAINT content_shares_account_unique UNIQUE (content_id, period_id, account_id),
    CONSTRAINT content_shares_position_unique UNIQUE (content_id, period_id, position)
);
CREATE INDEX IF NOT EXISTS content_shares_account ON content_shares (account_id, content_id);

CREATE TABLE IF NOT EXISTS ledger_accounts (
    id {id},
    kind VARCHAR(20) NOT NULL CONSTRAINT ledger_accounts_kind_known CHECK (kind IN (
        'wallet', 'earnings', 'escrow', 'pending', 'receivable', 'dormant', 'settlement',
        'commission:house', 'commission:platform', 'fees', 'external'
    )),
    holder VARCHAR(2000) NOT NULL,
    currency CHAR(3) NOT NULL,
    CONSTRAINT ledger_accounts_unique UNIQUE (kind, holder, currency)
);

CREATE TABLE IF NOT EXISTS wallets (
    id BIGINT NOT NULL PRIMARY KEY REFERENCES ledger_accounts (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    currency CHAR(3) NOT NULL,
    created_at {time} NOT NULL,
    CONSTRAINT wallets_one_per_currency UNIQUE (account_id, currency)
);

-- What a wallet gives at most, from that period on; NULL is the whole balance.
CREATE TABLE IF NOT EXISTS wallet_budgets (
    id {id},
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    budget_micros BIGINT CONSTRAINT wallet_budgets_in_range
        CHECK (budget_micros >= 0 AND budget_micros < 9007199254740992),
    CONSTRAINT wallet_budgets_one_per_period UNIQUE (wallet_id, period_id)
);

-- An entry exists only sealed: its id must be found among the seals when the transaction commits.
CREATE TABLE IF NOT EXISTS seals (
    entry_id BIGINT NOT NULL PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS entries (
    id {id} CONSTRAINT entries_sealed REFERENCES seals (entry_id) DEFERRABLE INITIALLY DEFERRED,
    kind VARCHAR(32) NOT NULL,
    idempotency_key VARCHAR(300) NOT NULL CONSTRAINT entries_idempotency_key_unique UNIQUE,
    digest CHAR(64) NOT NULL,
    period_id BIGINT NOT NULL REFERENCES periods (id),
    posted_at {time} NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_period ON entries (period_id);

CREATE TABLE IF NOT EXISTS postings (
    id {id},
    entry_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    amount_micros BIGINT NOT NULL CONSTRAINT postings_in_range CHECK (
        amount_micros <> 0
        AND amount_micros > -9007199254740992 AND amount_micros < 9007199254740992
    ),
    CONSTRAINT postings_one_leg_per_account UNIQUE (account_id, entry_id)
);
CREATE INDEX IF NOT EXISTS postings_entry ON postings (entry_id);

CREATE TABLE IF NOT EXISTS balances (
    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES ledger_accounts (id),
    kind VARCHAR(20) NOT NULL CONSTRAINT balances_kind_cached
        CHECK (kind IN ('wallet', 'earnings', 'escrow', 'pending', 'receivable', 'dormant')),
    micros BIGINT NOT NULL,
    CONSTRAINT balances_not_below_zero CHECK (kind = 'receivable' OR micros >= 0),
    CONSTRAINT balances_receivable_not_above_zero CHECK (kind <> 'receivable' OR micros <= 0),
    CONSTRAINT balances_in_range
        CHECK (micros > -9007199254740992 AND micros < 9007199254740992)
);

-- Accounts that every settlement touches have no balance row, but a sum per settled period.
CREATE TABLE IF NOT EXISTS checkpoints (
    account_id BIGINT NOT NULL REFERENCES ledger_accounts (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    micros BIGINT NOT NULL,
    PRIMARY KEY (account_id, period_id)
);

CREATE TABLE IF NOT EXISTS deposits (
    id {id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    provider VARCHAR(20) NOT NULL,
    reference VARCHAR(100) NOT NULL,
    amount_micros BIGINT NOT NULL CONSTRAINT deposits_positive
        CHECK (amount_micros > 0 AND amount_micros < 9007199254740992),
    refunded_micros BIGINT NOT NULL DEFAULT 0 CONSTRAINT deposits_refunds_within
        CHECK (refunded_micros >= 0 AND refunded_micros <= amount_micros),
    idempotency_key VARCHAR(100) NOT NULL,
    digest CHAR(64) NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES entries (id),
    created_at {time} NOT NULL,
    CONSTRAINT deposits_idempotency_key_unique UNIQUE (account_id, idempotency_key)
);

CREATE TABLE IF NOT EXISTS clicks (
    id {id},
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    content_id BIGINT NOT NULL REFERENCES contents (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    weight SMALLINT NOT NULL CONSTRAINT clicks_weight_1_to_5 CHECK (weight BETWEEN 1 AND 5),
    created_at {time} NOT NULL,
    withdrawn_at {time},
    CONSTRAINT clicks_one_per_period UNIQUE (wallet_id, content_id, period_id)
);
CREATE INDEX IF NOT EXISTS clicks_wallet_period ON clicks (wallet_id, period_id, id);
CREATE INDEX IF NOT EXISTS clicks_content_period ON clicks (content_id, period_id);

CREATE TABLE IF NOT EXISTS counters (
    content_id BIGINT NOT NULL PRIMARY KEY REFERENCES contents (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    total BIGINT NOT NULL,
    period_clicks BIGINT NOT NULL,
    supporters BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT counters_not_below_zero
        CHECK (total >= 0 AND period_clicks >= 0 AND supporters >= 0 AND seq >= 0)
);
CREATE INDEX IF NOT EXISTS counters_total ON counters (total, content_id);
CREATE INDEX IF NOT EXISTS counters_period ON counters (period_id, period_clicks, content_id);

CREATE TABLE IF NOT EXISTS settlements (
    period_id BIGINT NOT NULL PRIMARY KEY REFERENCES periods (id),
    status VARCHAR(8) NOT NULL CONSTRAINT settlements_status_known
        CHECK (status IN ('frozen', 'settled')),
    batch_size INT NOT NULL,
    wallet_batches INT NOT NULL,
    content_batches INT NOT NULL,
    posted_batches INT NOT NULL DEFAULT 0,
    wallets BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    contents BIGINT NOT NULL,
    digest CHAR(64),
    frozen_at {time} NOT NULL,
    settled_at {time},
    verified_at {time}
);

CREATE TABLE IF NOT EXISTS settlement_totals (
    period_id BIGINT NOT NULL REFERENCES settlements (period_id),
    currency CHAR(3) NOT NULL,
    gross_micros BIGINT NOT NULL,
    commission_micros BIGINT NOT NULL,
    platform_micros BIGINT NOT NULL,
    net_micros BIGINT NOT NULL,
    escrow_micros BIGINT NOT NULL,
    PRIMARY KEY (period_id, currency),
    CONSTRAINT settlement_totals_conserved
        CHECK (gross_micros = commission_micros + net_micros + escrow_micros)
);

-- What the settlement reads: written once, in one transaction, as of the close.
CREATE TABLE IF NOT EXISTS frozen_wallets (
    period_id BIGINT NOT NULL REFERENCES periods (id),
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    batch INT NOT NULL,
    currency CHAR(3) NOT NULL,
    pot_micros BIGINT NOT NULL CONSTRAINT frozen_wallets_in_range
        CHECK (pot_micros >= 0 AND pot_micros < 9007199254740992),
    total_weight BIGINT NOT NULL CONSTRAINT frozen_wallets_clicked CHECK (total_weight > 0),
    PRIMARY KEY (period_id, wallet_id)
);
CREATE INDEX IF NOT EXISTS frozen_wallets_batch ON frozen_wallets (period_id, batch);

-- Without foreign keys to contents and accounts: the ids come from rows that have them, and a key
-- to a row whose URL or e-mail is edited meanwhile would cost a long freeze its snapshot.
CREATE TABLE IF NOT EXISTS frozen_contents (
    period_id BIGINT NOT NULL REFERENCES periods (id),
    content_id BIGINT NOT NULL,
    batch INT NOT NULL,
    escrow {flag} NOT NULL,
    platform_id BIGINT REFERENCES platforms (id),
    commission_bps INT NOT NULL,
    platform_bps INT NOT NULL,
    PRIMARY KEY (period_id, content_id),
    CONSTRAINT frozen_contents_rates_in_order
        CHECK (0 <= platform_bps AND platform_bps <= commission_bps AND commission_bps <= 10000)
);
CREATE INDEX IF NOT EXISTS frozen_contents_batch ON frozen_contents (period_id, batch);

CREATE TABLE IF NOT EXISTS frozen_shares (
    period_id BIGINT NOT NULL REFERENCES periods (id),
    content_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    share INT NOT NULL,
    position INT NOT NULL,
    PRIMARY KEY (period_id, content_id, account_id)
);
CREATE INDEX IF NOT EXISTS frozen_shares_account ON frozen_shares (account_id, period_id);

-- Clicks that give nothing: their supporter has become a co-creator of the content.
CREATE TABLE IF NOT EXISTS frozen_exclusions (
    period_id BIGINT NOT NULL REFERENCES periods (id),
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    content_id BIGINT NOT NULL,
    PRIMARY KEY (period_id, wallet_id, content_id)
);

CREATE TABLE IF NOT EXISTS content_results (
    period_id BIGINT NOT NULL REFERENCES periods (id),
    content_id BIGINT NOT NULL REFERENCES contents (id),
    currency CHAR(3) NOT NULL,
    clicks BIGINT NOT NULL,
    gross_micros BIGINT NOT NULL,
    commission_micros BIGINT NOT NULL,
    platform_micros BIGINT NOT NULL,
    net_micros BIGINT NOT NULL,
    escrow {flag} NOT NULL,
    PRIMARY KEY (period_id, content_id, currency)
);

CREATE TABLE IF NOT EXISTS escrow_lots (
    id {id},
    content_id BIGINT NOT NULL REFERENCES contents (id),
    period_id BIGINT NOT NULL REFERENCES periods (id),
    wallet_id BIGINT NOT NULL REFERENCES wallets (id),
    currency CHAR(3) NOT NULL,
    gross_micros BIGINT NOT NULL CONSTRAINT escrow_lots_positive CHECK (gross_micros > 0),
    released_entry_id BIGINT REFERENCES entries (id),
    returned_entry_id BIGINT REFERENCES entries (id),
    CONSTRAINT escrow_lots_unique UNIQUE (content_id, period_id, wallet_id),
    CONSTRAINT escrow_lots_leave_once
        CHECK (released_entry_id IS NULL OR returned_entry_id IS NULL)
);
