"""Live events: published to Redis streams by the process that commits them, read and fanned out by the service."""
