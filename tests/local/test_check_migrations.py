"""Which migrations the previous release can live with."""

import pytest

from local.check_migrations import FIRST_CHECKED, flaws
from open311.queries.revisions import head


def migration(upgrade: str, more: str = "") -> str:
    return f"from alembic import op\n{more}\ndef upgrade():\n    {upgrade}\n"


@pytest.mark.parametrize(
    ("upgrade", "word"),
    [
        ("op.drop_table('tags')", "removes a table"),
        ("op.drop_column('tags', 'name')", "removes a column"),
        ("op.execute('ALTER TABLE tags DROP COLUMN name')", "removes a column"),
        ("op.execute('ALTER TABLE tags RENAME TO labels')", "renames"),
        ("op.alter_column('tags', 'name', new_column_name='word')", "renames"),
        ("op.alter_column('tags', 'name', type_=sa.Text())", "changes its type"),
        ("op.alter_column('media', 'name', nullable=False)", "reads all of media"),
        ("op.add_column('tags', sa.Column('a', sa.Text(), nullable=False))", "does not fill"),
        ("op.create_index('ix', 'service_requests', ['status'])", "locks service_requests"),
        ("op.execute('CREATE INDEX ix ON reporters (email)')", "locks reporters"),
        ("op.create_check_constraint('ck', 'media', 'size > 0')", "checks all rows of media"),
        ("op.execute('ALTER TABLE media ADD CONSTRAINT ck CHECK (size > 0)')", "all rows of media"),
    ],
)
def test_what_it_cannot_live_with_is_named(upgrade: str, word: str) -> None:
    [flaw] = flaws(migration(upgrade))
    assert word in flaw


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.create_table('labels', sa.Column('id', sa.Integer()))",
        "op.add_column('service_requests', sa.Column('weight', sa.Integer()))",
        "op.add_column('tags', sa.Column('a', sa.Text(), nullable=False, server_default=''))",
        "op.add_column('tags', sa.Column('a', sa.Text(), sa.Computed('b'), nullable=False))",
        "op.create_index('ix', 'media', ['name'], postgresql_concurrently=True)",
        "op.create_index('ix', 'tags', ['name'])",
        "op.create_foreign_key('fk', 'media', 'tags', ['a'], ['b'], postgresql_not_valid=True)",
        "op.execute('ALTER TABLE media ADD CONSTRAINT ck CHECK (size > 0) NOT VALID')",
        "op.execute('CREATE INDEX CONCURRENTLY ix ON media (name)')",
    ],
)
def test_additions_are_accepted(upgrade: str) -> None:
    assert list(flaws(migration(upgrade))) == []


def test_an_index_beside_the_server_is_a_migration_of_its_own() -> None:
    """What comes before it is committed, and cannot be done again"""
    index = "op.create_index('ix', 'media', ['name'], postgresql_concurrently=True)"
    block = f"with op.get_context().autocommit_block():\n        {index}"
    assert list(flaws(migration(block))) == []
    [flaw] = flaws(migration(f"op.add_column('tags', sa.Column('a', sa.Text()))\n    {block}"))
    assert "let both be migrations" in flaw


def test_a_removal_says_which_versions_can_serve_what_is_left() -> None:
    removal = "op.drop_column('tags', 'name')"
    assert list(flaws(migration(removal, 'BREAKS_BEFORE = "0061"'))) == []
    downgrade = "\ndef downgrade():\n    op.drop_column('tags', 'name')\n"
    assert list(flaws(migration("pass") + downgrade)) == []


def test_the_next_migration_is_checked() -> None:
    assert int(FIRST_CHECKED) <= int(head()) + 1
