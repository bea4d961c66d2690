from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import OrderTemplateError
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestPreviousOrders(OrderCommon):
    def setUp(self):
        super().setUp()
        self.old = self._new_order((self.product, 3), (self.service, 2))
        self.old.order_line[0].write({"price_unit": 80, "discount": 10})
        self.old.action_confirm()
        self.order = self._new_order((self.service, 1))

    def test_tick_and_add(self):
        action = self.order.action_view_previous_orders()
        wizard = self.env[action["res_model"]].with_user(self.salesman)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.line_ids.product_id, self.product + self.service)
        wizard.line_ids.filtered(lambda line: line.product_id == self.product).write(
            {"is_chosen": True, "quantity": 5}
        )
        wizard.action_add()
        added = self.order.order_line - self.order.order_line[0]
        self.assertEqual(added.product_id, self.product)
        self.assertEqual(added.product_uom_qty, 5)
        self.assertEqual(added.price_unit, 100, "today's price")
        self.assertEqual(added.last_price_unit, 72, "80 less 10 %")
        self.assertEqual(added.last_price_date, self.old.date_order.date())

    def test_not_the_orders_of_others(self):
        other = self.env["res.partner"].create({"name": "Somebody"})
        order = self._new_order(partner_id=other.id)
        action = order.action_view_previous_orders()
        self.assertFalse(
            self.env[action["res_model"]].browse(action["res_id"]).line_ids
        )
        self.assertFalse(order.order_line.last_price_unit)

    def test_quotations_are_no_history(self):
        self._new_order((self._new_product("Never sold", 7), 1))
        action = self.order.action_view_previous_orders()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertNotIn("Never sold", wizard.line_ids.product_id.mapped("name"))

    def test_confirmed_order_gets_no_lines(self):
        action = self.order.action_view_previous_orders()
        self.order.action_confirm()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaises(OrderTemplateError):
            wizard.action_add()

    def test_last_price_costs_the_same_for_any_number_of_lines(self):
        def count(number):
            lines = self._new_order(*[(self.product, 1)] * number).order_line
            self.env.invalidate_all()
            lines = lines.browse(lines.ids)
            before = self.env.cr.sql_log_count
            self.assertEqual(lines.mapped("last_price_unit"), [72] * number)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(20), count(2))


@tagged("post_install", "-at_install")
class TestApplyTemplate(OrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sale.order.template"].create(
            {
                "name": "Kit",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 2})
                ],
            }
        )

    def test_lines_at_the_price_of_the_customer(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "formula",
                            "base": "list_price",
                            "price_discount": 50,
                        }
                    )
                ],
            }
        )
        order = self._new_order((self.service, 1), pricelist_id=pricelist.id)
        ids = order.action_apply_template(template_id=self.template.id, mode="append")
        added = self.env["sale.order.line"].browse(ids)
        self.assertEqual(added.product_id, self.product)
        self.assertEqual((added.product_uom_qty, added.price_unit), (2, 50))
        self.assertEqual(order.order_line.product_id, self.service + self.product)

    def test_replace(self):
        order = self._new_order((self.service, 1))
        order.action_apply_template(template_id=self.template.id)
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.sale_order_template_id, self.template)

    def test_template_brings_its_type(self):
        rush = self._new_type(order_priority="3")
        self.template.order_type_id = rush
        order = self._new_order((self.service, 1))
        order.action_apply_template(template_id=self.template.id)
        self.assertEqual((order.order_type_id, order.order_priority), (rush, "3"))

    def test_refused_by_name(self):
        order = self._new_order((self.service, 1))
        with self.assertRaisesRegex(OrderTemplateError, "mode"):
            order.action_apply_template(template_id=self.template.id, mode="merge")
        with self.assertRaisesRegex(OrderTemplateError, "template_id"):
            order.action_apply_template(template_id=0)
        order.action_confirm()
        with self.assertRaisesRegex(OrderTemplateError, order.name):
            order.action_apply_template(template_id=self.template.id)

    def test_by_name_over_the_facade(self):
        order = self._new_order((self.service, 1))
        api = self.env["sales.order.api"].with_user(self.salesman)
        data = api.apply_template(name=order.name, template="Kit")
        self.assertEqual([line["quantity"] for line in data["lines"]], [2])
        with self.assertRaisesRegex(OrderTemplateError, "template: 0"):
            api.apply_template(name=order.name, template="Kat")


@tagged("post_install", "-at_install")
class TestCommunications(OrderCommon):
    def _get_messages(self, user):
        customer = self.customer.with_user(user)
        action = customer.action_view_communications()
        messages = self.env["mail.message"].with_user(user)
        return messages.search(action["domain"])

    def _say(self, order, text, **values):
        order.message_post(body=text, **{"message_type": "comment", **values})

    def _call(self, user, order, **values):
        vals = {"partner_id": self.customer.id, "order_id": order.id, **values}
        self.env["sales.phone.call"].with_user(user).create(vals).action_log()

    def test_all_in_one_list(self):
        order = self._new_order((self.service, 1))
        self._say(order, "Hello customer", subtype_xmlid="mail.mt_comment")
        self._say(order, "Watch out", subtype_xmlid="mail.mt_note")
        self._say(
            order.sudo(),
            "I want ten",
            message_type="email",
            author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self._call(self.salesman, order, note="Wants it sooner")
        self._call(self.salesman, order, note="Told him yes", direction="out")
        messages = self._get_messages(self.salesman)
        told = {
            str(message.preview): (message.sales_channel_kind, message.sales_direction)
            for message in messages
        }
        self.assertEqual(told["Hello customer"], ("message", "out"))
        self.assertEqual(told["Watch out"], ("note", "out"))
        self.assertEqual(told["I want ten"], ("email", "in"))
        calls = messages.filtered(lambda one: one.sales_channel_kind == "call")
        self.assertEqual(set(calls.mapped("sales_direction")), {"in", "out"})
        # As the filter of the list does.
        subtype = self.env.ref("sales_order_plus.mail_subtype_phone_call")
        self.assertEqual(
            messages.filtered_domain([("subtype_id", "=", subtype.id)]), calls
        )

    def test_only_what_one_may_read(self):
        own = self._new_order()
        other = self._new_order(user=self.colleague)
        self._say(own, "mine")
        self._say(other, "not mine")
        seen = self._get_messages(self.salesman).mapped("preview")
        self.assertIn("mine", seen)
        self.assertNotIn("not mine", seen)
        self.assertIn("not mine", self._get_messages(self.colleague).mapped("preview"))

    def test_call_without_order_is_noted_on_the_customer(self):
        self._call(self.salesman, self.env["sale.order"], note="Just asking")
        self.assertIn("Just asking", str(self.customer.message_ids[0].body))

    def test_customer_does_not_see_calls(self):
        order = self._new_order()
        order.sudo().partner_id = self.portal_user.partner_id
        self._call(self.salesman, order, note="Difficult customer")
        message = order.message_ids.filtered(lambda m: "Difficult" in (m.body or ""))
        self.assertEqual(len(message), 1)
        with self.assertRaises(AccessError):
            message.with_user(self.portal_user).read(["body"])
