from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.sales_order_plus.tests.common import SalesPlusCommon


class BackorderCommon(SalesPlusCommon):
    """A warehouse of one step in UTC, and what people do in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.write(
            {"delivery_steps": "ship_only", "reception_steps": "one_step"}
        )
        cls.warehouse.partner_id.tz = "UTC"
        # The story of the demo data has policies of its own.
        cls.env["sales.backorder.policy"].search([]).active = False
        cls.vendor = cls.env["res.partner"].create({"name": "Test Vendor"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.today = fields.Date.today()

    # === Steps === #

    def _flush(self):
        """Do what the end of a request does before it commits."""
        self.env.cr.flush()

    def _confirm(self, *lines, user=None, **values):
        order = self._new_order(*lines, user=user, **values)
        order.action_confirm()
        self._flush()
        return order

    def _find(self, order, product=None, states=("open",)):
        """Return the backorders of the orders as the storeman sees them."""
        domain = [("order_id", "in", order.ids), ("state", "in", states)]
        if product:
            domain.append(("product_id", "=", product.id))
        return self.env["sales.backorder"].with_user(self.storeman).search(domain)

    def _pickings(self, order):
        """Return the open transfers of the order, as the storeman."""
        pickings = order.sudo().picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        return pickings.sorted("id").with_user(self.storeman)

    def _ship(self, picking, quantity=None, backorder=True):
        """Validate as the storeman; ``quantity`` of each line, else what is reserved."""
        picking = picking.with_user(self.storeman)
        for move in picking.move_ids if quantity is not None else ():
            move.write({"quantity": quantity, "picked": True})
        context = {"skip_backorder": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        self.assertIs(picking.with_context(**context).button_validate(), True)
        self._flush()

    def _plan_receipt(self, product, quantity, days=5, warehouse=None):
        """Plan goods from the vendor, as the storeman."""
        warehouse = warehouse or self.warehouse
        moment = fields.Datetime.now().replace(hour=12) + timedelta(days=days)
        picking = (
            self.env["stock.picking"]
            .with_user(self.storeman)
            .create(
                {
                    "partner_id": self.vendor.id,
                    "picking_type_id": warehouse.in_type_id.id,
                    "scheduled_date": moment,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "location_id": self.env.ref(
                                    "stock.stock_location_suppliers"
                                ).id,
                                "location_dest_id": (
                                    warehouse.in_type_id.default_location_dest_id.id
                                ),
                                "date": moment,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        self._flush()
        return picking

    def _receive(self, product, quantity):
        self._ship(self._plan_receipt(product, quantity, days=0), quantity)

    def _request(self, product, quantity, days, confirm=False):
        """Request goods from the vendor for a date."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 1.0,
                            "date_planned": fields.Datetime.now().replace(hour=12)
                            + timedelta(days=days),
                        }
                    )
                ],
            }
        )
        if confirm:
            order.button_confirm()
        self._flush()
        return order

    def _add_vendor(self, product, delay):
        product.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": delay, "price": 1.0})
        ]
        product.route_ids = [
            Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)
        ]

    def _refresh(self):
        """Run the daily job without its commits."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=600.0):
            self.env["sales.backorder"]._cron_refresh()

    # === Checks === #

    def _in_days(self, days):
        return self.today + timedelta(days=days)

    def assertFigures(self, backorder, **expected):
        """Compare quantities by the short names of their fields."""
        self.assertEqual(len(backorder), 1)
        found = {name: backorder[f"qty_{name}"] for name in expected}
        self.assertEqual(found, expected)

    def _events(self, code, backorders):
        return (
            self.env["sales.audit.event"]
            .sudo()
            .search(
                [
                    ("model", "=", "sales.backorder"),
                    ("res_id", "in", backorders.ids),
                    ("code", "=", code),
                ]
            )
        )
