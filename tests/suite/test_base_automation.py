"""Odoo's automation rules meet the gate too; no addon of ours installs them."""

import pytest

from tests.support import ADDONS_TEMPLATE, database, run_in_shell, run_odoo

CODE = """
from odoo.fields import Command
user = env.ref("sales_order_plus.user_sally")
action = env["ir.actions.server"].create({
    "name": "Confirm",
    "model_id": env["ir.model"]._get_id("sale.order"),
    "state": "code",
    "code": "records.write({'state': 'sale'})",
})
env["base.automation"].create({
    "name": "Confirm what has a reference",
    "model_id": action.model_id.id,
    "trigger": "on_create_or_write",
    "filter_domain": "[('client_order_ref', '=', 'PO-AUTO')]",
    "action_server_ids": [Command.set(action.ids)],
})
env.cr.commit()

def attempt(reference):
    order = env.ref(reference).with_user(user)
    try:
        order.write({"client_order_ref": "PO-AUTO"})
        env.flush_all()
        result = order.state
        env.cr.commit()
    except Exception as error:
        env.cr.rollback()
        result = type(error).__name__
    env.invalidate_all()
    print("RESULT", result, order.state, order.client_order_ref)

attempt("sales_approval_plus.sale_order_to_submit")
attempt("sales_approval_plus.sale_order_free")
"""


@pytest.mark.slow
def test_automation_rule_does_not_confirm():
    """A rule that confirms stops at the policy, and confirms what is free."""
    with database("automation", ADDONS_TEMPLATE) as name:
        done = run_odoo(name, "-i", "base_automation", "--no-http")
        assert done.returncode == 0, done.stderr[-2000:]
        done = run_in_shell(name, CODE)
    results = [line for line in done.stdout.splitlines() if "RESULT" in line]
    assert [line.split("RESULT ")[1] for line in results] == [
        "GuardError draft DEMO-TO-SUBMIT",
        "sale sale PO-AUTO",
    ], done.stderr[-2000:]
