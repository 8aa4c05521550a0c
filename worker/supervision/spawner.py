"""Starts all child processes of a worker from one thread that lives as long as the worker.

A child with PR_SET_PDEATHSIG is killed when the *thread* that started it ends, and Celery's threads may end earlier.
"""

from concurrent.futures import ThreadPoolExecutor

spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
