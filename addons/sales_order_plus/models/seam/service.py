"""Calls of services outside: how one is called, and what its answer means."""

from http import HTTPStatus

import requests

from ...exceptions import ServiceUnavailableError

# Refusals after which the same call may do later.
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


def call_service(env, method, url, *, timeout, token=None, headers=None, **values):
    """Call a service; its own trouble is told by the status of the answer.

    :param token: sent as bearer token; None: none is sent
    :param values: what ``requests.request`` takes, such as ``json``
    :return: the response, whatever its status
    :raise ServiceUnavailableError: without an answer; it names neither address nor
        secret, which may stand in what requests tells
    """
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = f"Bearer {token or ''}"
    try:
        return requests.request(
            method,
            url,
            headers=headers,
            timeout=timeout,
            # Where it would be led to may be anybody's.
            allow_redirects=False,
            **values,
        )
    except requests.Timeout:
        raise ServiceUnavailableError(env._("no answer in time")) from None
    except requests.RequestException:
        raise ServiceUnavailableError(env._("cannot be reached")) from None


def check_status(status, message, refusal):
    """Raise where the status tells that the call did not do.

    :param message: text of the error
    :param refusal: error class for what will not do later either
    :raise ServiceUnavailableError: if the same call may do later
    """
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in PASSING:
        raise ServiceUnavailableError(message, status=status)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise refusal(message, status=status)


def read_json(response):
    """Return what the answer holds, or None if that is no JSON."""
    try:
        return response.json()
    except ValueError:
        return None
