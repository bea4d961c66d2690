from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...exceptions import GuardError
from ..common_race import RaceCommon

NO_REFERENCE = "('client_order_ref', '=', False)"


@tagged("post_install", "-at_install")
class TestValidationRace(RaceCommon):
    """Rules that change while others work, on real connections."""

    def setUp(self):
        super().setUp()
        with self._open_worker() as env:
            partner = env["res.partner"].create({"name": "Race"})
            product = env["product.product"].create(
                {"name": "Race", "type": "service", "taxes_id": [Command.clear()]}
            )
            salesman = new_test_user(
                env, "tsop_rule_race", "base.group_user,sales_team.group_sale_salesman"
            )
            self.partner_id, self.product_id = partner.id, product.id
            self.user_id, self.order_ids = salesman.id, []
        self.addCleanup(self._remove)

    def _remove(self):
        with self._open_worker() as env:
            rules = env["sales.validation.rule"].with_context(active_test=False)
            rules = rules.search([("code", "=like", "race_%")])
            self._delete_rows(env, "sales_validation_log", "user_id", [self.user_id])
            rules.unlink()
            self._remove_orders(env, self.order_ids)
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            env["res.users"].browse(self.user_id).unlink()

    def _new_rule(self, env, code="race_one"):
        domain = f"[('partner_id', '=', {self.partner_id}), {NO_REFERENCE}]"
        return env["sales.validation.rule"].create(
            {
                "name": "Race",
                "code": code,
                "kind": "domain",
                "domain": domain,
                "severity": "block",
            }
        )

    def _new_order(self):
        with self._open_worker() as env:
            orders = env(user=self.user_id)["sale.order"]
            line = {"product_id": self.product_id}
            order = orders.create(
                {"partner_id": self.partner_id, "order_line": [Command.create(line)]}
            )
            self.order_ids.append(order.id)
            return order.id

    def _begin(self, env):
        """Take the picture of the database that this transaction keeps."""
        env.cr.execute("SELECT 1 FROM sales_validation_rule LIMIT 1")

    def _get_rules(self, env):
        """Return {code: severity} of the rules of this test, as a gate gets them."""
        rules = env["sales.validation.rule"]._get_rules("confirm")
        return {one.code: one.severity for one in rules if one.code.startswith("race_")}

    def _get_new(self):
        """What a transaction that begins now gets."""
        with self._open_worker() as env:
            return self._get_rules(env)

    # === The cache of rules === #

    def test_an_old_picture_does_not_fill_the_cache(self):
        with self._open_worker() as old:
            self._begin(old)
            with self._open_worker() as env:
                self._new_rule(env)
            # Reads after the commit has cleared the cache, what was before it.
            self.assertEqual(self._get_rules(old), {})
            self.assertEqual(self._get_new(), {"race_one": "block"})
            self.assertEqual(self._get_rules(old), {})

    def test_the_order_is_refused_all_the_same(self):
        order_id = self._new_order()
        with self._open_worker() as old:
            self._begin(old)
            with self._open_worker() as env:
                self._new_rule(env)
            self._get_rules(old)
        with self.assertRaises(GuardError), self._open_worker() as env:
            env(user=self.user_id)["sale.order"].browse(order_id).action_confirm()

    def test_archiving_is_seen(self):
        with self._open_worker() as env:
            rule_id = self._new_rule(env).id
        with self._open_worker() as old:
            self._begin(old)
            with self._open_worker() as env:
                env["sales.validation.rule"].browse(rule_id).active = False
            self.assertEqual(self._get_rules(old), {"race_one": "block"})
            self.assertEqual(self._get_new(), {})

    def test_who_began_first_ends_last(self):
        """The later change carries the earlier date: a date would not tell of it."""
        with self._open_worker() as env:
            one, two = self._new_rule(env).id, self._new_rule(env, "race_two").id
        with self._open_worker() as first:
            self._begin(first)
            first.cr.now()
            with self._open_worker() as second:
                second["sales.validation.rule"].browse(two).severity = "warn"
            with self._open_worker() as old:
                self._begin(old)
                first["sales.validation.rule"].browse(one).severity = "info"
                first.cr.commit()
                expected = {"race_one": "block", "race_two": "warn"}
                self.assertEqual(self._get_rules(old), expected)
            expected = {"race_one": "info", "race_two": "warn"}
            self.assertEqual(self._get_new(), expected)

    def test_what_is_not_committed_is_for_nobody_else(self):
        with self._open_worker() as env:
            self._new_rule(env)
            self.assertEqual(self._get_rules(env), {"race_one": "block"})
            self.assertEqual(self._get_new(), {})
            # Twice in one transaction: it sees its own last word, ...
            self._new_rule(env, "race_two")
            self.assertEqual(len(self._get_rules(env)), 2)
            env.cr.rollback()
            # ... and after it took that back, none of it.
            self.assertEqual(self._get_rules(env), {})

    def test_a_savepoint_taken_back(self):
        with self._open_worker() as env:
            savepoint = env.cr.savepoint()
            self._new_rule(env)
            self.assertEqual(len(self._get_rules(env)), 1)
            savepoint.close(rollback=True)
            self.assertEqual(self._get_rules(env), {})

    def test_scope_alone_is_a_change(self):
        """What lies in a table of its own changes the version of the rule, too."""
        with self._open_worker() as env:
            rule_id = self._new_rule(env).id
        with self._open_worker() as env:
            rule = env["sales.validation.rule"].browse(rule_id)
            before = rule._get_version()
            rule.country_group_ids = env["res.country.group"].search([], limit=1)
            self.assertNotEqual(rule._get_version(), before)

    # === Findings === #

    @mute_logger("odoo.sql_db")
    def test_findings_survive_the_rollback(self):
        order_id = self._new_order()
        with self._open_worker() as env:
            rule_id = self._new_rule(env).id
        with self._open_worker() as env:
            order = env(user=self.user_id)["sale.order"].browse(order_id)
            # Undone with the refusal, unlike what the rule said.
            order.note = "Never kept"
            with self.assertRaises(GuardError):
                order.action_confirm()
            env.cr.rollback()
        with self._open_worker() as env:
            order = env["sale.order"].browse(order_id)
            self.assertEqual(order.state, "draft")
            self.assertFalse(order.note)
            log = env["sales.validation.log"].search([("order_id", "=", order_id)])
            self.assertEqual(log.rule_id.id, rule_id)
            self.assertEqual((log.outcome, log.operation), ("refused", "confirm"))
            self.assertEqual(log.user_id.id, self.user_id)
            self.assertEqual(log.order_name, order.name)
            self.assertTrue(log.message)
