"""`epochboard migrate`: migrates the database, as `up` does, for boards whose services start one by one."""

from argparse import Namespace

from standalone.board.checks import migrate_database, read_settings


def migrate(options: Namespace) -> int:
    migrate_database(read_settings(options.data_dir))
    print("the database has the tables of this version")
    return 0
