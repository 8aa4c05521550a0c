"""Where tests keep data: databases, a Valkey server, temporary files in memory."""
