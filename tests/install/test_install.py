"""Each addon installs alone, and leaves a working database when it goes."""

from pathlib import Path

import pytest

from tests import support

BASE = "sales_order_plus"
ADDONS = Path(__file__).resolve().parents[2] / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))

# If a column, a view or a hook was left behind, one of these steps fails.
USE = """
partner = env["res.partner"].create({"name": "Buyer"})
product = env["product.product"].create({"name": "Thing", "list_price": 5})
order = env["sale.order"].create({"partner_id": partner.id, "order_line": [
    (0, 0, {"product_id": product.id, "product_uom_qty": 2})]})
order.action_confirm()
assert order.state == "sale", order.state
order.action_cancel()
env["sale.order"].get_views([(False, "list"), (False, "form"), (False, "search")])
print("WORKS")
"""
# Only in a real process: tests patch the classes that methods come from.
KEPT = """
assert "action_archive" in vars(type(env["sale.order"])), "not kept at hand"
"""
UNINSTALL = """
env["ir.module.module"].search([("name", "=", {name!r})]).button_immediate_uninstall()
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_installs_alone_and_goes_without_a_trace(name):
    with support.database(f"alone_{name}") as database:
        before = columns(database)
        install(database, name)
        assert installed(database) == {name, BASE}
        assert "WORKS" in in_shell(database, USE + UNINSTALL.format(name=name))
        assert installed(database) == {BASE} - {name}
        if name != BASE:
            assert "WORKS" in in_shell(database, USE + UNINSTALL.format(name=BASE))
        assert not installed(database)
        left = columns(database) - before
        assert not left
        assert "WORKS" in in_shell(database, USE)


@pytest.mark.slow
def test_all_install_on_nothing_without_demo_data():
    """What the manifests name is enough."""
    with support.database("bare", "template0") as database:
        install(database, *NAMES, demo=False)
        assert installed(database) == set(NAMES)
        assert "WORKS" in in_shell(database, KEPT + USE)


def install(database, *names, demo=True):
    options = ["--with-demo"] if demo else []
    done = support.run_odoo(database, "-i", ",".join(names), "--no-http", *options)
    assert done.returncode == 0, done.stderr[-3000:]
    assert " ERROR " not in done.stderr, done.stderr[-3000:]


def in_shell(database, code):
    done = support.run_in_shell(database, code)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.stdout


def installed(database):
    """Our addons that are installed."""
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return set(support.psql(sql, database).split()) & set(NAMES)


def columns(database):
    """Every column of every table."""
    sql = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    return set(support.psql(sql, database).split())
