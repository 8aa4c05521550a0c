"""Runs of the REST API: create, read, list, change and delete; their queue, events, metrics and predictions."""
