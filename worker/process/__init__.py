"""A worker's process and the system: how it ends with its parent, when the kernel kills it, and how `ps` shows it."""
