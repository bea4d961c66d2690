"""What an error of a provider means: whether money may be on its way.

Odoo raises the same ValidationError for all of them; what was behind it is its context.
"""

from http import HTTPStatus

import requests
from urllib3.exceptions import NewConnectionError

NOT_REACHED = "not reached"
REFUSED = "refused"
UNKNOWN = "unknown"

# Answers that say that the request was understood and not done.
NOT_NOW = (HTTPStatus.TOO_MANY_REQUESTS,)
UNCLEAR = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)


def get_verdict(error):
    """Return NOT_REACHED, REFUSED or, where neither is certain, UNKNOWN."""
    for one in get_causes(error):
        if isinstance(one, requests.ConnectTimeout | NewConnectionError):
            return NOT_REACHED
        if isinstance(one, requests.HTTPError) and one.response is not None:
            return get_verdict_of_status(one.response.status_code)
    return UNKNOWN


def get_verdict_of_status(status):
    if status in NOT_NOW:
        return NOT_REACHED
    client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return REFUSED if client_error and status not in UNCLEAR else UNKNOWN


def get_causes(error):
    """Yield the error and whatever led to it."""
    seen = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        yield one
        # urllib3 hides the reason in its own errors.
        waiting += [one.__context__, one.__cause__, getattr(one, "reason", None)]
        waiting += one.args[:1]
