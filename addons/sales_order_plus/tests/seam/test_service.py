from unittest.mock import patch

import requests

from odoo.tests import TransactionCase, tagged

from ...exceptions import SalesError, ServiceUnavailableError
from ...models.seam.service import call_service, check_status, read_json


class RefusedError(SalesError):
    pass


@tagged("post_install", "-at_install")
class TestService(TransactionCase):
    """What becomes of a call outside."""

    def _call(self, error=None, **values):
        response = requests.Response()
        with patch.object(
            requests, "request", return_value=response, side_effect=error
        ) as request:
            try:
                return call_service(
                    self.env, "POST", "https://secret.test/x", timeout=3, **values
                )
            finally:
                self.sent = request.call_args

    def test_what_is_sent(self):
        self._call(token="t-1", headers={"Idempotency-Key": "k"}, json={"a": 1})
        self.assertEqual(self.sent.args, ("POST", "https://secret.test/x"))
        self.assertEqual(
            self.sent.kwargs,
            {
                "headers": {"Idempotency-Key": "k", "Authorization": "Bearer t-1"},
                "timeout": 3,
                "allow_redirects": False,
                "json": {"a": 1},
            },
        )
        self._call()
        self.assertEqual(self.sent.kwargs["headers"], {})

    def test_no_answer_names_no_secret(self):
        for error, text in (
            (requests.ReadTimeout("https://secret.test"), "no answer in time"),
            (requests.ConnectTimeout("https://secret.test"), "no answer in time"),
            (requests.ConnectionError("https://secret.test"), "cannot be reached"),
            (requests.TooManyRedirects("https://secret.test"), "cannot be reached"),
        ):
            with self.assertRaises(ServiceUnavailableError) as caught:
                self._call(error=error)
            self.assertEqual(str(caught.exception), text)
            self.assertTrue(caught.exception.__suppress_context__)

    def test_statuses(self):
        for status in (200, 201, 204):
            check_status(status, "fine", RefusedError)
        for status in (408, 429, 500, 502, 503):
            with self.assertRaisesRegex(ServiceUnavailableError, "why") as caught:
                check_status(status, "why", RefusedError)
            self.assertEqual(caught.exception.context["status"], status)
        for status in (302, 400, 401, 404, 422):
            with self.assertRaisesRegex(RefusedError, "why"):
                check_status(status, "why", RefusedError)

    def test_bad_json(self):
        response = requests.Response()
        for content, read in (
            (b'{"a": 1}', {"a": 1}),
            (b"[]", []),
            (b"", None),
            (b"<html>", None),
            (b"\xff\xfe\x00", None),
        ):
            response._content = content
            self.assertEqual(read_json(response), read)
