"""What another transaction did: all of the work has to be repeated."""

import random
import time

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError

RETRYABLE = (OperationalError, ConcurrencyError)
MAX_TRIES = 5


def pause(attempt):
    """Sleep before the next attempt, longer each time and not as long as others do."""
    time.sleep(random.uniform(0, 0.2 * 2**attempt))
