"""Says in words why Redis did not accept a command: a server that is full or read-only still answers."""

import redis

from backend.phrases import in_short


def reason(error: BaseException) -> str:
    """Returns what is wrong with Redis, as the rest of a sentence about it."""
    cause = error.__cause__ if isinstance(error.__cause__, redis.RedisError) else error  # Kombu wraps some
    if isinstance(cause, redis.OutOfMemoryError):
        return "is full and refuses writes; raise its maxmemory, or delete what else it holds"
    if isinstance(cause, redis.ReadOnlyError):
        return "is read-only; EPOCHBOARD_REDIS_URL must name the primary server, not a replica"
    return f"refuses writes: {in_short(cause)}" if isinstance(cause, redis.ResponseError) else "does not answer"
