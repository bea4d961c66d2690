"""What another transaction did: all of the work has to be repeated."""

from psycopg2 import OperationalError

from odoo.exceptions import ConcurrencyError

RETRYABLE = (OperationalError, ConcurrencyError)
MAX_TRIES = 5
