from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ...tools import delivery

NEVER = (None, None)


@tagged("post_install", "-at_install")
class TestDeliveryTools(BaseCase):
    """The first day that suits the customer."""

    def test_table(self):
        august = (date(2026, 8, 1), date(2026, 8, 15))
        friday = frozenset({4})
        for day, weekdays, away, found in (
            ("2026-08-05", frozenset(), NEVER, "2026-08-05"),
            ("2026-08-05", friday, NEVER, "2026-08-07"),
            ("2026-08-07", friday, NEVER, "2026-08-07"),
            ("2026-08-05", frozenset(), august, "2026-08-16"),
            ("2026-08-05", friday, august, "2026-08-21"),
            ("2026-07-31", friday, august, "2026-07-31"),
            ("2026-08-16", friday, august, "2026-08-21"),
            ("2026-08-15", frozenset({5, 6}), august, "2026-08-16"),
        ):
            with self.subTest(day=day, away=away):
                start = date.fromisoformat(day)
                self.assertEqual(str(delivery.find_day(start, weekdays, away)), found)

    def test_any_day_found_suits(self):
        start = date(2026, 1, 1)
        for shift in range(400):
            weekdays = frozenset({shift % 7, (shift * 3) % 7})
            day = start + timedelta(days=shift)
            away = (
                day + timedelta(days=shift % 5),
                day + timedelta(days=shift % 40 + 5),
            )
            found = delivery.find_day(day, weekdays, away)
            self.assertIn(found.weekday(), weekdays)
            self.assertFalse(delivery.is_away(found, away))
            between = [day + timedelta(days=n) for n in range((found - day).days)]
            self.assertFalse(
                [
                    one
                    for one in between
                    if one.weekday() in weekdays and not delivery.is_away(one, away)
                ]
            )
