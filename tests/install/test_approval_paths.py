"""Ways to confirm an order that other addons of Odoo bring: none passes an approval.

The addons are installed in one process and used in another, as people with few rights
and with a cold cache.
"""

import json

import pytest

from tests import support

from .test_install import in_shell, install

OTHERS = ("website_sale", "sale_project", "pos_sale")
PREPARE = """
from odoo.fields import Command
company = env.company
env["pos.config"].create({"name": "Paths"})
def person(login, *groups):
    return env["res.users"].create({"name": login, "login": login, "group_ids": [
        Command.set([env.ref(group).id for group in groups])]})
person("paths_sam", "sales_team.group_sale_salesman", "project.group_project_user",
       "point_of_sale.group_pos_user")
ann = person("paths_ann", "sales_approval_plus.group_approver")
env["sales.approval.policy"].search([]).active = False
role = env["sales.approval.role"].create(
    {"name": "Paths", "code": "paths", "user_ids": [Command.set(ann.ids)]})
env["sales.approval.policy"].create({
    "name": "Paths", "company_id": company.id,
    "step_ids": [Command.create({"role_id": role.id})]})
env["res.partner"].create({"name": "Paths"})
env["product.product"].create({"name": "Paths", "list_price": 5, "type": "service"})
env.cr.commit()
"""
# Each path in a savepoint of its own; what it raised is part of the answer.
USE = """
import json
from odoo.fields import Command
sam = env["res.users"].search([("login", "=", "paths_sam")])
env = env(user=sam)
website = env["website"].sudo().search([], limit=1)
def new_order(price=5, **values):
    return env["sale.order"].create({
        "partner_id": env["res.partner"].search([("name", "=", "Paths")]).id,
        "order_line": [Command.create({
            "product_id": env["product.product"].search([("name", "=", "Paths")]).id,
            "price_unit": price})], **values})
def free_cart():
    order = new_order(0, website_id=website.id)
    order.sudo().with_user(website.user_id).sudo()._validate_order()
    return order
def cash_on_delivery():
    order = new_order(require_payment=True, require_signature=False)
    provider = env["payment.provider"].sudo().search(
        [("custom_mode", "=", "cash_on_delivery")], limit=1) or env[
        "payment.provider"].sudo().search([("code", "=", "custom")], limit=1).copy(
        {"custom_mode": "cash_on_delivery"})
    method = env["payment.method"].sudo().search([], limit=1)
    tx = env["payment.transaction"].sudo().create({
        "provider_id": provider.id, "payment_method_id": method.id,
        "amount": order.amount_total, "currency_id": order.currency_id.id,
        "partner_id": order.partner_id.id, "reference": order.name,
        "sale_order_ids": [Command.set(order.ids)], "operation": "online_direct"})
    tx._set_pending()
    tx._post_process()
    return order
def project():
    order = new_order()
    env["project.project"].sudo().with_user(sam).sudo().create({
        "name": "Paths", "allow_billable": True,
        "sale_line_id": order.order_line.id}).sale_line_id.order_id.action_confirm()
    return order
def till():
    order = new_order()
    line = order.order_line
    config = env["pos.config"].sudo().search([], limit=1)
    config.open_ui()
    env["pos.order"].sync_from_ui([{
        "amount_paid": 5, "amount_return": 0, "amount_tax": 0, "amount_total": 5,
        "uuid": "paths", "state": "paid", "to_invoice": False, "user_id": env.uid,
        "session_id": config.current_session_id.id, "partner_id": order.partner_id.id,
        "lines": [Command.create({
            "product_id": line.product_id.id, "price_unit": 5, "qty": 1, "discount": 0,
            "price_subtotal": 5, "price_subtotal_incl": 5, "tax_ids": [],
            "pack_lot_ids": [], "sale_order_line_id": line.id,
            "sale_order_origin_id": order.id})],
        "payment_ids": [Command.create({
            "amount": 5, "name": "2026-01-01 10:00:00",
            "payment_method_id": config.payment_method_ids[:1].id})]}])
    return order
result = {}
for path in (free_cart, cash_on_delivery, project, till):
    error, order = "", None
    try:
        with env.cr.savepoint():
            order = path()
    except Exception as raised:
        error = str(raised)
    order = order or env["sale.order"]
    env.invalidate_all()
    result[path.__name__] = {
        "state": order.state, "requests": order.sudo().approval_request_ids.mapped("state"),
        "error": error}
result["tickets"] = env["pos.order"].sudo().search_count([("uuid", "=", "paths")])
result["confirmed"] = env["sale.order"].sudo().search_count(
    [("partner_id.name", "=", "Paths"), ("state", "=", "sale")])
print("RESULT" + json.dumps(result))
"""


@pytest.mark.slow
def test_no_other_addon_confirms_past_an_approval():
    with support.database("paths", support.ADDONS_TEMPLATE) as database:
        install(database, *OTHERS)
        in_shell(database, PREPARE)
        line = next(
            line
            for line in in_shell(database, USE).splitlines()
            if line.startswith("RESULT")
        )
    result = json.loads(line.removeprefix("RESULT"))
    held = {"state": "sent", "requests": ["pending"], "error": ""}
    assert result["free_cart"] == held
    assert result["cash_on_delivery"] == held
    # The employee is there to act: he is told, and the till keeps its ticket open.
    for path in ("project", "till"):
        assert "Submit for Approval" in result[path]["error"], path
    assert result["tickets"] == 0
    assert result["confirmed"] == 0
