"""The first schema: every table, with its constraints and the ledger's guards."""

from tortoise.migrations.migration import Migration as BaseMigration

from app.models.migration_operations import RunSQLFile

HOUSE_RATE = """
INSERT INTO commission_rates (platform_id, commission_bps, platform_bps, starts_at)
SELECT NULL, 1000, 0, '1970-01-01 00:00:00+00:00'
WHERE NOT EXISTS (SELECT 1 FROM commission_rates WHERE platform_id IS NULL);
"""


class Migration(BaseMigration):
    """Safe to run again: a process killed before it was recorded starts over."""

    initial = True
    operations = [  # noqa: RUF012  Tortoise's own declaration
        RunSQLFile("0001_tables.sql"),
        RunSQLFile("0001_guards.{dialect}.sql"),
        RunSQLFile(sql=HOUSE_RATE),
    ]
