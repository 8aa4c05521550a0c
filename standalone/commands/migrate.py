"""`epochboard migrate`: the database brought to this version, as `up` does it, where parts are started one by one."""

from argparse import Namespace

from standalone.checks import migrated, read_settings


def migrate(options: Namespace) -> int:
    migrated(read_settings(options.data_dir))
    print("the database has the tables of this version")
    return 0
