from odoo.fields import Command

from odoo.addons.sales_order_plus.tests.common import SalesPlusCommon

APPROVER = "sales_approval_plus.group_approver"


class ApprovalCommon(SalesPlusCommon):
    """Approvers without any sales right, and a policy: 15 % discount or more.

    ``product`` costs 100, ``service`` 50; the company of the tests has no other policy.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.approval.policy"].search([]).active = False
        cls.ann = cls._new_user("tsap_ann", APPROVER)
        cls.bob = cls._new_user("tsap_bob", APPROVER)
        cls.cid = cls._new_user("tsap_cid", APPROVER)
        cls.role = cls._new_role("Management", cls.ann)
        cls.policy = cls._new_policy(discount=15)

    @classmethod
    def _new_role(cls, name, users, **values):
        return cls.env["sales.approval.role"].create(
            {
                "name": name,
                "code": name.lower(),
                "user_ids": [Command.set(users.ids)],
                **values,
            }
        )

    @classmethod
    def _new_policy(cls, *steps, name="High discount", **values):
        """Create a policy; ``steps`` are dictionaries, by default the role of Ann.

        A value named like a metric is the limit of a condition; a dictionary gives
        the other values of the condition too.
        """
        metrics = {
            name: values.pop(name)
            for name in [*values]
            if name in cls.env["sales.approval.criterion"]._get_metric_specs()
        }
        return cls.env["sales.approval.policy"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "criterion_ids": [
                    Command.create(
                        {
                            "metric": metric,
                            **(limit if isinstance(limit, dict) else {"value": limit}),
                        }
                    )
                    for metric, limit in metrics.items()
                ],
                "step_ids": [
                    Command.create({"role_id": cls.role.id, **step})
                    for step in steps or ({},)
                ],
                **values,
            }
        )

    def _new_discounted(self, discount=20.0, quantity=1, user=None, **values):
        """Create a quotation over 100 a piece, less a line discount."""
        line = {
            "product_id": self.product.id,
            "product_uom_qty": quantity,
            "discount": discount,
        }
        return self._new_order(
            user=user, **{"order_line": [Command.create(line)], **values}
        )

    def _new_submitted(self, **values):
        order = self._new_discounted(**values)
        order.action_submit_for_approval()
        return order

    def _new_approved(self, **values):
        order = self._new_submitted(**values)
        self._approve(order, self.ann)
        return order

    def _approve(self, order, user, comment=None):
        # A session of his own: nothing of what another one has read.
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user).action_approve(comment)

    def _reject(self, order, user, reason="Too much"):
        self.env.flush_all()
        self.env.invalidate_all()
        return order.with_user(user).action_reject(reason)

    def _get_codes(self, order, *prefixes):
        """Return the codes of the order's audit events, oldest first."""
        events = self.env["sales.audit.event"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)], order="id"
        )
        codes = events.mapped("code")
        return [code for code in codes if not prefixes or code.startswith(prefixes)]

    def _get_request(self, order):
        requests = order.sudo().approval_request_ids
        return requests.sorted("id", reverse=True)[:1]
