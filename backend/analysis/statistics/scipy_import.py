"""A lock for imports of SciPy, which the service imports where it is first used, in several threads.

Its modules import each other in circles: of two threads that import parts of it at once, one may get an ImportError.
"""

from threading import RLock

SCIPY_IMPORT = RLock()
