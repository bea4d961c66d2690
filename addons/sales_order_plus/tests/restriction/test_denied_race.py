from odoo.tests import tagged

from ..common_race import RaceCommon

NAME = "Zzyzx Overseas Trading"


@tagged("post_install", "-at_install")
class TestDeniedRace(RaceCommon):
    """Lists of denied parties that change while others work, on real connections."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._remove)

    def _remove(self):
        with self._open_worker() as env:
            self._find_all(env).unlink()

    def _find_all(self, env):
        parties = env["sales.denied.party"].with_context(active_test=False)
        return parties.search([("name", "=", NAME)])

    def _list_party(self, env):
        values = {"name": NAME, "legal_reference": "Regulation 1/2026"}
        return env["sales.denied.party"].create(values)

    def _find_similar(self, env):
        return env["sales.denied.party"]._find_similar(NAME)

    def test_an_old_picture_does_not_fill_the_cache(self):
        with self._open_worker() as old:
            old.cr.execute("SELECT 1 FROM sales_denied_party LIMIT 1")
            with self._open_worker() as env:
                self._list_party(env)
            self.assertFalse(self._find_similar(old))
            with self._open_worker() as env:
                self.assertEqual(len(self._find_similar(env)), 1)

    def test_who_is_taken_off_is_free(self):
        with self._open_worker() as env:
            self._list_party(env)
        with self._open_worker() as old:
            self.assertEqual(len(self._find_similar(old)), 1)
            with self._open_worker() as env:
                self._find_all(env).active = False
            self.assertEqual(len(self._find_similar(old)), 1)
            with self._open_worker() as env:
                self.assertFalse(self._find_similar(env))
