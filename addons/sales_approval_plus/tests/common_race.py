from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user
from odoo.tools import SQL

from odoo.addons.sales_order_plus.tests.common import SIGNATURE

from .common import APPROVER

CONTEXT = {"tracking_disable": True, "mail_activity_quick_update": True}
# What is removed, children first; each with the rows that belong to the race.
REMOVED = (
    "sales_approval_vote WHERE request_id IN (SELECT id FROM sales_approval_request"
    " WHERE sale_order_id IN %(orders)s)",
    "sales_approval_request WHERE sale_order_id IN %(orders)s",
    "mail_activity WHERE res_model IN ('sale.order', 'sales.approval.request')"
    " AND user_id IN %(users)s",
    "sale_order WHERE id IN %(orders)s",
    "sales_audit_event WHERE user_id IN %(users)s OR owner_id IN %(users)s",
)


class ApprovalRaceCommon(BaseCase):
    """People with connections of their own who decide at the same moment.

    What they work on is committed, so it is removed at the end.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The server holds this lock while it runs the tests; the threads need it.
        lock = patch.object(Registry, "_lock", nullcontext())
        lock.start()
        self.addCleanup(lock.stop)
        self.order_ids = []
        with self._open() as env:
            self._create(env)
        self.addCleanup(self._remove)

    @contextmanager
    def _open(self, uid=SUPERUSER_ID):
        """A transaction that is committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, uid, CONTEXT)

    def _create(self, env):
        people = {
            "sam": "sales_team.group_sale_salesman",
            "ann": APPROVER,
            "bob": APPROVER,
            "cid": APPROVER,
        }
        self.users = {
            name: new_test_user(
                env, f"tsap_race_{name}", groups=f"base.group_user,{group}"
            ).id
            for name, group in people.items()
        }
        partner = env["res.partner"].create({"name": "Race"})
        product = env["product.product"].create(
            {
                "name": "Race",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        approvers = [self.users[name] for name in ("ann", "bob", "cid")]
        role = env["sales.approval.role"].create(
            {"name": "Race", "code": "race", "user_ids": [Command.set(approvers)]}
        )
        policy = env["sales.approval.policy"].create(
            {
                "name": "Race",
                "domain": f"[('partner_id', '=', {partner.id})]",
                "criterion_ids": [Command.create({"metric": "discount", "value": 15})],
                "step_ids": [Command.create({"role_id": role.id})],
            }
        )
        made = policy, role, product.product_tmpl_id, partner
        self.made = [(records._name, records.ids) for records in made]
        self.policy_id = policy.id
        self.partner_id, self.product_id = partner.id, product.id

    def _remove(self):
        rows = {
            "orders": tuple(self.order_ids) or (0,),
            "users": tuple(self.users.values()),
        }
        with self._open() as env:
            trigger = "ALTER TABLE sales_audit_event %s TRIGGER USER"
            env.cr.execute(SQL(trigger, SQL("DISABLE")))
            for removed in REMOVED:
                env.cr.execute(SQL(f"DELETE FROM {removed}", **rows))
            env.cr.execute(SQL(trigger, SQL("ENABLE")))
            env.invalidate_all()
            for model, ids in self.made:
                env[model].browse(ids).unlink()
            users = env["res.users"].browse(self.users.values())
            people = users.partner_id
            users.unlink()
            people.unlink()

    # === Steps === #

    def _set_mode(self, mode, count=2):
        with self._open() as env:
            policy = env["sales.approval.policy"].browse(self.policy_id)
            policy.step_ids.write({"mode": mode, "quorum_count": count})

    def _new_order(self, signed=False, submitted=True):
        with self._open(self.users["sam"]) as env:
            line = {"product_id": self.product_id, "discount": 20}
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "order_line": [Command.create(line)],
                    "require_signature": True,
                    "require_payment": False,
                }
            )
            self.order_ids.append(order.id)
            # In the session of the salesperson, so that it is his order.
            env.flush_all()
            if submitted:
                order.action_submit_for_approval()
            if signed:
                order.sudo().write({"signature": SIGNATURE})
        return order.id
