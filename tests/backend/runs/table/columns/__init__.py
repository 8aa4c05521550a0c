"""The runs table in memory."""
