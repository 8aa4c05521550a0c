"""Runs as the REST API handles them: create, read, list, change, delete; their queue, events, metrics and predictions."""
