"""A process that is killed while it charges: money moves once, or nobody asks again.

The provider is a file: each request it takes is a line. The process kills itself at
one point of the protocol; another one then does what the scheduler would do next.
"""

import subprocess

import pytest

from tests import support

SET_UP = """
from odoo import fields
env["sales.subscription"].search([("state", "=", "active")]).action_pause()
plan = env["sales.subscription.plan"].create({"name": "Crash"})
product = env["product.product"].create({
    "name": "Crash", "type": "service", "list_price": 10, "invoice_policy": "order",
    "recurring_ok": True, "sales_plan_id": plan.id, "taxes_id": [(5,)]})
partner = env["res.partner"].create({"name": "Crash"})
provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
provider.write({"state": "test", "company_id": env.company.id})
method = provider.payment_method_ids[:1] or env.ref("payment.payment_method_unknown")
token = env["payment.token"].create({
    "provider_id": provider.id, "payment_method_id": method.id, "provider_ref": "x",
    "partner_id": partner.id, "demo_simulated_state": "done"})
subscription = env["sales.subscription"].create({
    "partner_id": partner.id, "plan_id": plan.id, "anchor_date": fields.Date.today(),
    "payment_mode": "token", "payment_token_id": token.id,
    "line_ids": [(0, 0, {"product_id": product.id})]})
subscription.action_start()
subscription._bill_next_period()
assert subscription.period_ids.state == "invoiced", subscription.period_ids.state
env.cr.commit()
print("READY")
"""
# Where the process dies: before or after a method of the protocol does its work.
CHARGE = """
import os, signal
point, idempotent = %(point)r, %(idempotent)r
Periods = type(env["sales.subscription.period"])
Transactions = type(env["payment.transaction"])
send = Transactions._send_payment_request

def die(at):
    if at == point:
        os.kill(os.getpid(), signal.SIGKILL)

def ask(transaction):
    die("before_request")
    with open(%(file)r, "a+") as taken:
        taken.seek(0)
        known = transaction.reference in taken.read().split()
        # A provider that knows the reference takes the money only once.
        if not (known and idempotent):
            taken.write(transaction.reference + "\\n")
    die("after_request")
    send(transaction)

def wrap(name, before, after):
    original = getattr(Periods, name)
    def wrapped(records, *arguments):
        die(before)
        result = original(records, *arguments)
        die(after)
        return result
    setattr(Periods, name, wrapped)

Transactions._send_payment_request = ask
wrap("_create_attempt", "before_attempt", "after_attempt")
wrap("_book", "before_booking", "after_booking")
if idempotent:
    from odoo.addons.sales_subscription_plus.models.charging import payment_transaction
    payment_transaction.IDEMPOTENT = frozenset({"demo"})
job = env.ref("sales_subscription_plus.ir_cron_charge")
env.cr.commit()
job.method_direct_trigger()
env.cr.commit()
print("CHARGED")
"""
# {point: (payments by then, is it in quarantine, is it paid in the end)}
MATRIX = {
    "before_attempt": (1, False, True),
    "after_attempt": (1, False, True),
    "before_request": (0, True, False),
    "after_request": (1, True, False),
    "before_booking": (1, False, True),
    "after_booking": (1, False, True),
}


@pytest.mark.slow
def test_killed_anywhere_nobody_is_charged_twice(tmp_path):
    with support.database("charging", support.ADDONS_TEMPLATE) as template:
        done = support.run_in_shell(template, SET_UP)
        assert "READY" in done.stdout, done.stderr[-3000:]
        for point, (payments, held, paid) in MATRIX.items():
            file = tmp_path / point
            found = run_case(template, point, file, idempotent=False)
            assert found == (payments, held, paid), (point, found)
        # A provider with idempotent requests needs no quarantine.
        for point in ("before_request", "after_request"):
            file = tmp_path / f"{point}_again"
            found = run_case(template, point, file, idempotent=True)
            assert found == (1, False, True), (point, found)


def run_case(template, point, file, *, idempotent):
    """Kill at ``point``, run the job twice more; return what came of it."""
    name = support.own_name("charging_case")
    support.create_database(name, template)
    try:
        killed = charge(name, point, file, idempotent)
        assert killed.returncode == -9, (point, killed.stderr[-2000:])
        for _run in range(2):
            done = charge(name, "", file, idempotent)
            assert "CHARGED" in done.stdout, done.stderr[-3000:]
        state = support.psql(
            "SELECT p.charge_hold, p.state = 'paid', "
            "(SELECT count(*) FROM payment_transaction t WHERE t.sales_period_id = p.id)"
            " FROM sales_subscription_period p JOIN sales_subscription s "
            "ON s.id = p.subscription_id WHERE s.payment_mode = 'token' "
            "AND s.partner_id = (SELECT id FROM res_partner WHERE name = 'Crash')",
            name,
        )
        held, paid, attempts = state.split("|")
        assert attempts == "1", (point, state)
    finally:
        support.drop_database(name)
    taken = file.read_text().split() if file.exists() else []
    return len(taken), held == "t", paid == "t"


def charge(database, point, file, idempotent):
    code = CHARGE % {"point": point, "file": str(file), "idempotent": idempotent}
    command = support.odoo_command(
        "-d", database, "--no-http", "--log-level=warn", subcommand=["shell"]
    )
    return subprocess.run(command, input=code, capture_output=True, text=True)
