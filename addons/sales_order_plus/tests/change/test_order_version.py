from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...exceptions import AppendOnlyError
from ...models.seam.hashing import get_hash
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestOrderVersion(ChangeCommon):
    """The order as it was: sent, confirmed, changed."""

    def _changed(self):
        self._control()
        order = self._new_order((self.product, 10))
        order.action_quotation_sent()
        order.action_confirm()
        self._flush()
        self._applied(order, "quantity", "price", "instructions")
        return order

    def test_versions(self):
        order = self._changed()
        versions = order.version_ids.sorted("number")
        self.assertEqual(versions.mapped("cause"), ["sent", "confirmed", "change"])
        self.assertEqual(versions.mapped("number"), [1, 2, 3])
        self.assertEqual(versions.change_id, order.change_ids)
        self.assertEqual(versions[2].amount_total, order.amount_total)
        self.assertEqual(versions[2].name, f"{order.name}-V3")
        self.assertTrue(all(versions.mapped("is_intact")))
        self.assertEqual(versions[2].sha256, get_hash(order._get_version_snapshot()))

    def test_without_control_the_first_change_keeps_what_was(self):
        order = self._confirmed()
        self.assertFalse(order.version_ids)
        self._applied(order, "quantity")
        versions = order.version_ids.sorted("number")
        self.assertEqual(versions.mapped("cause"), ["base", "change"])
        self.assertEqual(versions[0].snapshot["lines"][0]["quantity"], 10)

    def test_comparison(self):
        order = self._changed()
        versions = order.version_ids.sorted("number").with_user(self.salesman)
        wizard = self.env["sales.order.version.compare"].with_user(self.salesman)
        wizard = wizard.create(
            {
                "order_id": order.id,
                "old_id": versions[0].id,
                "new_id": versions[2].id,
            }
        )
        difference = wizard._get_difference()
        [line] = difference["lines"]
        self.assertEqual(set(line["changed"]), {"quantity", "discount", "subtotal"})
        keys = [entry["key"] for entry in difference["header"]]
        self.assertIn("instructions", keys)
        self.assertIn("Leave it at the gate", wizard.comparison)
        action = versions[2].action_compare()
        opened = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(opened.old_id, versions[1])

    def test_document(self):
        order = self._changed()
        version = order.version_ids.sorted("number")[0].with_user(self.salesman)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sales_order_plus.report_order_version", version.ids
        )
        self.assertIn(version.sha256, html.decode())
        self.assertIn("Test Gadget", html.decode())
        action = version.action_open_document()
        self.assertIn(str(version.sudo().attachment_id.id), action["url"])
        self.assertEqual(version.sudo().attachment_id.mimetype, "application/pdf")

    def test_nobody_changes_a_version(self):
        version = self._changed().version_ids[:1]
        with self.assertRaises(AccessError):
            version.with_user(self.manager).unlink()
        for one in (version, version.sudo()):
            with self.assertRaises(AppendOnlyError):
                one.write({"snapshot": {}})
        with self.assertRaises(AppendOnlyError):
            version.sudo().unlink()
        self.env.cr.execute(
            "UPDATE sales_order_version SET snapshot = '{}' WHERE id = %s", [version.id]
        )
        version.invalidate_recordset()
        self.assertFalse(version.is_intact)
