from odoo.fields import Command
from odoo.tests import Form, tagged

from ...exceptions import LineRuleError
from .common import LineCommon


@tagged("post_install", "-at_install")
class TestQuickAdd(LineCommon):
    """Key a quotation by scanning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({"barcode": "4006381333931", "default_code": "GAD-1"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _form(self):
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.customer
        return form

    def test_scan_twice(self):
        form = self._form()
        form.quick_add = "4006381333931"
        self.assertFalse(form.quick_add)
        form.quick_add = "4006381333931"
        order = form.save()
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 2,
                    "price_unit": 100,
                    "product_code": "GAD-1",
                }
            ],
        )

    def test_sku_unit_and_customer_number(self):
        self.env["product.uom"].create(
            {
                "product_id": self.product.id,
                "uom_id": self.dozen.id,
                "barcode": "DOZEN-1",
            }
        )
        self.env["sales.customer.product"].create(
            {
                "partner_id": self.customer.id,
                "product_tmpl_id": self.service.product_tmpl_id.id,
                "customer_code": "their-7",
            }
        )
        form = self._form()
        for code in ("GAD-1", "DOZEN-1", "their-7"):
            form.quick_add = code
        lines = form.save().order_line
        self.assertEqual(lines.mapped("product_uom_qty"), [13, 1])
        self.assertEqual(lines[1].customer_product_code, "their-7")

    def test_scan_of_a_dozen_with_units(self):
        self.salesman.group_ids |= self.env.ref("uom.group_uom")
        self.env["product.uom"].create(
            {
                "product_id": self.product.id,
                "uom_id": self.dozen.id,
                "barcode": "DOZEN-1",
            }
        )
        form = self._form()
        for code in ("GAD-1", "DOZEN-1", "DOZEN-1"):
            form.quick_add = code
        self.assertRecordValues(
            form.save().order_line,
            [
                {"product_uom_qty": 1, "product_uom_id": self.product.uom_id.id},
                {"product_uom_qty": 2, "product_uom_id": self.dozen.id},
            ],
        )

    def test_unknown_number_adds_nothing(self):
        form = self._form()
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form.quick_add = "nothing"
        self.assertIn("nothing", logs.output[0])
        self.assertFalse(form.save().order_line)

    def test_number_of_another_customer_is_not_found(self):
        other = self.env["res.partner"].create({"name": "Other"})
        self.env["sales.customer.product"].create(
            {
                "partner_id": other.id,
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "customer_code": "theirs",
            }
        )
        order = self._new_order((self.service, 1))
        with self.assertRaisesRegex(LineRuleError, "theirs"):
            order.add_product(code="theirs")

    def test_add_product_by_rpc(self):
        order = self._new_order((self.product, 1))
        result = order.add_product(code="GAD-1", quantity=4)
        self.assertEqual(result["quantity"], 5)
        self.assertEqual(order.order_line.product_uom_qty, 5)
        with self.assertRaisesRegex(LineRuleError, "more than 0"):
            order.add_product(code="GAD-1", quantity=0)
        order.action_confirm()
        with self.assertRaisesRegex(LineRuleError, "no quotation"):
            order.add_product(code="GAD-1")


@tagged("post_install", "-at_install")
class TestLineText(LineCommon):
    """Notes, descriptions, columns: who sees what."""

    def _new_noted(self):
        order = self._new_order((self.product, 1))
        order.order_line.write(
            {"customer_note": "Engraved", "internal_note": "Check the lid"}
        )
        return order

    def test_notes(self):
        order = self._new_noted()
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Engraved", text)
        self.assertNotIn("Check the lid", text)
        self.warehouse.delivery_steps = "pick_ship"
        self._set_stock(self.product, 1)
        order.action_confirm()
        picking = order.picking_ids.with_user(self.storeman)
        self.assertEqual(picking.move_ids.sale_note, "Check the lid")
        text = self._text(self._render("stock.action_report_picking", picking))
        self.assertIn("Engraved", text)
        self.assertIn("Check the lid", text)
        picking.move_ids.picked = True
        picking.button_validate()
        ship = (order.picking_ids - picking).with_user(self.storeman)
        self.assertEqual(ship.move_ids.sale_note, "Check the lid")
        text = self._text(self._render("stock.action_report_delivery", ship))
        self.assertIn("Engraved", text)
        self.assertNotIn("Check the lid", text)

    def test_internal_note_is_closed_to_the_customer(self):
        order = self._new_noted()
        order.message_subscribe(self.portal_user.partner_id.ids)
        order.partner_id = self.portal_user.partner_id
        line = order.order_line.with_user(self.portal_user)
        with self.assertRaises(Exception) as caught:
            line.read(["internal_note"])
        self.assertEqual(type(caught.exception).__name__, "AccessError")

    def test_description_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.product.with_context(lang="fr_FR").name = "Bidule"
        self.customer.lang = "fr_FR"
        self.assertIn("Bidule", self._new_order((self.product, 1)).order_line.name)

    def test_lines_by_category(self):
        category = self.env["product.category"].create({"name": "Lamps"})
        self.product.categ_id = category
        order = self._new_order((self.product, 2), (self.service, 1))
        groups = self.env["sale.order.line"].formatted_read_group(
            [("order_id", "=", order.id)], ["categ_id"], ["product_uom_qty:sum"]
        )
        found = {
            group["categ_id"] and group["categ_id"][0]: group["product_uom_qty:sum"]
            for group in groups
        }
        self.assertEqual(found[category.id], 2)

    def _new_template(self, **flags):
        return self.env["sale.order.template"].create({"name": "Test", **flags})

    def _set_specification(self):
        self.product.categ_id = self.env["product.category"].create(
            {
                "name": "Lamps",
                "product_properties_definition": [
                    {"name": "watt", "string": "Power", "type": "char"},
                    {
                        "name": "kind",
                        "string": "Kind",
                        "type": "selection",
                        "selection": [["a", "Table"], ["b", "Floor"]],
                    },
                    {"name": "empty", "string": "Empty", "type": "char"},
                ],
            }
        )
        self.product.product_properties = {"watt": "40 W", "kind": "b"}
        self.product.default_code = "LAMP-40"

    def test_columns_only_where_asked(self):
        self._set_specification()
        full = self._new_template(show_sku=True, show_specs=True)
        bare = self._new_template()
        texts = []
        for template in (full, bare):
            order = self._new_order(
                (self.product, 1), sale_order_template_id=template.id
            )
            order.order_line.name = "A lamp"
            texts.append(self._text(self._render("sale.report_saleorder", order)))
        for part in ("SKU", "LAMP-40", "Power: 40 W", "Kind: Floor"):
            self.assertIn(part, texts[0])
            self.assertNotIn(part, texts[1])
        self.assertNotIn("Empty", texts[0])

    def test_images_only_where_asked(self):
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
            "WjR9awAAAABJRU5ErkJggg=="
        )
        self.product.image_1920 = pixel
        order = self._new_order((self.product, 1))
        tree = self._render("sale.report_saleorder", order)
        self.assertFalse(tree.find_class("o_sales_line_image"))
        order.show_images = True
        tree = self._render("sale.report_saleorder", order)
        self.assertEqual(len(tree.find_class("o_sales_line_image")), 1)

    def test_company_default_without_template(self):
        self.company.sales_show_sku = True
        self.assertTrue(self._new_order((self.product, 1)).show_sku)

    def test_configured_options_are_printed(self):
        """Odoo's configurator and our columns do not get in each other's way."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "Red"}),
                    Command.create({"name": "Blue"}),
                ],
            }
        )
        # Fresh: a product just created carries a context that makes no variants.
        template = self.env["product.template"].browse(self.product.product_tmpl_id.id)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        blue = template.attribute_line_ids.product_template_value_ids.filtered(
            lambda value: value.name == "Blue"
        )
        order = self._new_order((self.service, 1), show_sku=True)
        order.order_line = [
            Command.create(
                {
                    "product_id": template.product_variant_id.id,
                    "product_no_variant_attribute_value_ids": [Command.link(blue.id)],
                }
            )
        ]
        self.assertTrue(order.order_line[1].is_configurable_product)
        text = self._text(self._render("sale.report_saleorder", order))
        self.assertIn("Colour: Blue", text)
