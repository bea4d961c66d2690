from lxml import etree

from odoo.tests import HttpCase, tagged

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestPhoneScreens(OrderCommon, HttpCase):
    """What was cut off, hidden or out of reach on a screen of 390 pixels."""

    browser_size = "390x844"
    touch_enabled = True

    def test_buttons_below_the_lines_are_in_reach(self):
        self.salesman.odoobot_state = "disabled"
        order = self._new_order((self.product, 1))
        self.env.flush_all()
        self.browser_js(
            f"/odoo/sales/{order.id}",
            """
            const box = document.querySelector("[name=so_button_below_order_lines]");
            const outside = [...box.querySelectorAll("button, .o_field_widget")].filter(
                (one) => {
                    const place = one.getBoundingClientRect();
                    return place.left < 0 || place.right > window.innerWidth;
                }
            );
            if (outside.length) {
                throw new Error(outside.map((one) => one.outerHTML).join());
            }
            console.log("test successful");
            """,
            ready="document.querySelector('.o_form_view .o_sales_quick_add') !== null",
            login=self.salesman.login,
        )

    def test_lists_are_cards_on_a_phone(self):
        order = self._new_order((self.product, 1))
        for _time in range(2):
            order.action_new_alternative()
        action = order.action_view_alternatives()
        self.assertEqual(
            [mode for _id, mode in action["views"]], ["list", "kanban", "form"]
        )
        self.assertEqual(action["mobile_view_mode"], "kanban")
        action = order.action_view_related_orders()
        self.assertEqual(
            [mode for _id, mode in action["views"]], ["list", "kanban", "form"]
        )
        for model, view in (
            ("sale.order", dict(map(reversed, action["views"]))["kanban"]),
            ("sales.order.merge", False),
        ):
            kind = "kanban" if view else "form"
            arch = etree.fromstring(
                self.env[model].get_view(view_id=view, view_type=kind)["arch"]
            )
            self.assertTrue(list(arch.iter("kanban")), model)

    def test_settings_open_without_a_warning(self):
        """With the demo data too: nothing of it waits to be archived by a click."""
        self.assertFalse(
            self.env["res.config.settings"].new({})._onchange_group_sale_pricelist()
        )

    def test_settings_show_all_their_words(self):
        """The web client drops words that stand in a setting itself."""
        arch = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        for setting in etree.fromstring(arch).iter("setting"):
            words = [setting.text or "", *(node.tail or "" for node in setting)]
            self.assertFalse("".join(words).strip(), setting.get("id"))
