from ...exceptions import GuardError
from ..common import SalesPlusCommon


class ValidationCommon(SalesPlusCommon):
    """Rules made by a sales manager, orders by a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Rules of the demo data say nothing here.
        rules = cls.env["sales.validation.rule"].sudo()
        rules.with_context(active_test=False).search([("id", ">", 0)]).unlink()

    def _new_rule(self, code="rule", **values):
        return (
            self.env["sales.validation.rule"]
            .with_user(values.pop("user", self.manager))
            .create(
                {"name": f"Rule {code}", "code": code, "severity": "block", **values}
            )
        )

    def _new_check(self, key, **values):
        return self._new_rule(key, kind="check", check_key=key, **values)

    def _new_filter(
        self, code="rule", domain="[('client_order_ref', '=', False)]", **v
    ):
        return self._new_rule(code, kind="domain", domain=domain, **v)

    def _get_findings(self, order, operation="confirm"):
        rules = self.env["sales.validation.rule"].with_user(order.env.user)
        return rules._get_findings(order, operation).get(order.id, [])

    def _get_codes(self, order, operation="confirm"):
        return [one.code for one in self._get_findings(order, operation)]

    def _assert_refused(self, order, *codes):
        """Confirm and return the message of the refusal, which names ``codes``."""
        with self.assertRaises(GuardError) as caught, self.cr.savepoint():
            order.action_confirm()
        order.invalidate_recordset()
        self.assertIn(order.state, ("draft", "sent"))
        found = [one["code"] for one in caught.exception.context["findings"]]
        self.assertEqual(sorted(found), sorted(codes))
        return str(caught.exception)

    def _assert_confirms(self, order):
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _apply(self, order, label):
        """Click the suggestion whose label has ``label``."""
        token = next(
            one["token"]
            for finding in self._get_findings(order)
            for one in finding.suggestions
            if label in one["label"]
        )
        order.action_apply_suggestion(token=token)
