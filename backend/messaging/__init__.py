"""Messages to the workers over Redis: Celery wake-ups, and requests to the helper with their replies."""
