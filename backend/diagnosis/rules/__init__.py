"""The rules: pure functions of a `Case`, one file each, named after the kind of its finding."""
