"""The thread that starts children.

A child that asks to die with its parent (PR_SET_PDEATHSIG) dies with the *thread* that made it. This one lives as long
as the process.
"""

from concurrent.futures import ThreadPoolExecutor

spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="maker")
