"""A discount by hand on a subscription: those who decide on discounts are asked.

Neither addon knows the other: the order of the period meets the gate of all orders.
"""

import json

import pytest

from tests import support

TALK = """
import json
from odoo import fields
from odoo.fields import Command
company = env.company
def person(login, *groups):
    return env["res.users"].create({"name": login, "login": login, "company_id": company.id,
        "company_ids": [Command.set(company.ids)], "group_ids": [
        Command.set([env.ref(group).id for group in groups])]})
sam = person("gate_sam", "sales_team.group_sale_salesman")
ann = person("gate_ann", "sales_approval_plus.group_approver")
env["sales.subscription"].search([("state", "=", "active")]).action_pause()
env["sales.approval.policy"].search([]).active = False
role = env["sales.approval.role"].create(
    {"name": "Gate", "code": "gate", "user_ids": [Command.set(ann.ids)]})
env["sales.approval.policy"].create({
    "name": "Gate", "company_id": company.id,
    "criterion_ids": [Command.create({"metric": "discount", "value": 15})],
    "step_ids": [Command.create({"role_id": role.id})]})
plan = env["sales.subscription.plan"].create({"name": "Gate", "document": %(document)r})
product = env["product.product"].create({
    "name": "Gate", "type": "service", "list_price": 100, "invoice_policy": "order",
    "recurring_ok": True, "sales_plan_id": plan.id, "taxes_id": [Command.clear()]})
def subscribe(percent):
    subscription = env["sales.subscription"].with_user(sam).create({
        "partner_id": env["res.partner"].create({"name": "Gate"}).id,
        "plan_id": plan.id, "anchor_date": fields.Date.today(), "tz": "UTC",
        "user_id": sam.id, "line_ids": [Command.create({"product_id": product.id})]})
    env["sales.subscription.discount"].with_user(sam).create({
        "subscription_id": subscription.id, "name": "Friend", "percent": percent})
    subscription.action_start()
    return subscription.sudo()
def run(name):
    env.cr.commit()
    env.ref(f"sales_subscription_plus.{name}").method_direct_trigger()
    # What the job committed is seen by the next transaction.
    env.cr.commit()
high, low = subscribe(40), subscribe(10)
run("ir_cron_bill")
def tell(subscription):
    row = subscription.period_ids
    request = env["sales.approval.request"].search(
        [("sale_order_id", "=", row.order_id.id)])
    return [row.order_id.state, row.state, row.move_id.amount_untaxed,
            request.mapped("state")]
answer = {"before": tell(high), "low": tell(low)}
request = env["sales.approval.request"].search(
    [("sale_order_id", "=", high.period_ids.order_id.id)])
request.with_user(ann).action_approve()
run("ir_cron_invoice")
answer["after"] = tell(high)
env.cr.commit()
print(json.dumps(answer))
"""


@pytest.mark.slow
@pytest.mark.parametrize("document", ["order", "invoice"])
def test_forty_percent_by_hand_wait_for_an_approval(document):
    name = f"gate_{document}"
    with support.database(name, support.ADDONS_TEMPLATE) as database:
        done = support.run_in_shell(
            database, f"exec({TALK % {'document': document}!r})"
        )
        assert done.stdout.strip(), done.stderr[-3000:]
        answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert answer["before"] == ["draft", "ordered", 0.0, ["pending"]]
    assert answer["low"] == ["sale", "invoiced", 90.0, []]
    assert answer["after"] == ["sale", "invoiced", 60.0, ["approved"]]
