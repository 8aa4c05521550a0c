"""The database: its tables, its clock, its sessions and its migrations."""
