"""A plugin without garbage collection until the tests are collected: nearly all of it stays.

Otherwise a fourth of the time to import and collect them goes into looking through what is there.
"""

import gc

gc.disable()
