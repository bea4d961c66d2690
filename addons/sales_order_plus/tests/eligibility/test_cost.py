from odoo.tests import tagged

from .common import EligibilityCommon


@tagged("post_install", "-at_install")
class TestEligibilityCost(EligibilityCommon):
    def _count_confirm(self):
        """Return the queries it takes to make and confirm an order, at the least."""
        counts = []
        for _attempt in range(4):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._new_order((self.service, 1)).action_confirm()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        return min(counts)

    def test_unconfigured_costs_no_query(self):
        """As shipped, with all checks archived, it is as without any of them."""
        without = self._count_confirm()
        keys = self.env["sales.validation.rule"]._get_check_methods()
        for key in keys:
            self._new_check(key, active=False)
        self.assertEqual(self._count_confirm(), without)

    def test_tables_of_ours_are_not_read(self):
        self._count_confirm()
        statements = []
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", listen)
        self._new_order((self.service, 1)).action_confirm()
        self.env.flush_all()
        self.assertTrue(statements)
        reading = [
            one
            for one in statements
            for table in ("sales_partner_license", "sales_license_type")
            if f'FROM "{table}"' in one and "EXISTS" not in one
        ]
        self.assertFalse(reading)

    def test_checks_without_anything_set_up(self):
        """Rules on, nothing set up: at most the one question what is filled."""
        for model in ("sales.partner.license", "sales.license.type"):
            self.env[model].search([("id", ">", 0)]).unlink()
        order = self._new_order((self.service, 1)).sudo()
        for key in ("customer_status", "license_valid", "hazmat_mixing"):
            self._new_check(key)
        rules = self.env["sales.validation.rule"]
        rules._get_findings(order, "confirm")
        with self.assertQueryCount(2):
            # The savepoint around checks and its end.
            self.assertFalse(rules._get_findings(order, "confirm"))
