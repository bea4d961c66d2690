from lxml import etree

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestOrderSearchPanel(OrderCommon, HttpCase):
    """Stage, tags and channels beside the lists of orders and quotations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "Trade fair"})

    def _get_panel(self, view, user):
        orders = self.env["sale.order"].with_user(user)
        arch = orders.get_view(self.env.ref(view).id, "search")["arch"]
        panel = etree.fromstring(arch).xpath("//searchpanel")
        self.assertEqual(len(panel), 1)
        return [field.get("name") for field in panel[0]]

    def test_on_every_list_of_orders(self):
        for view in (
            "sale.sale_order_view_search_inherit_quotation",
            "sale.sale_order_view_search_inherit_sale",
            "sales_order_plus.sale_order_desk_view_search",
        ):
            self.assertEqual(
                self._get_panel(view, self.salesman),
                ["lifecycle_stage", "tag_ids", "sales_channel_id"],
            )

    def test_follow_up_keeps_its_own(self):
        names = self._get_panel(
            "sales_order_plus.sale_order_followup_view_search", self.salesman
        )
        self.assertEqual(names, ["quotation_status", "customer_response"])

    def test_people_who_read_no_tags(self):
        """An accountant opens the orders too."""
        accountant = self._new_user("tsop_acc", "account.group_account_invoice")
        names = self._get_panel("sale.sale_order_view_search_inherit_sale", accountant)
        self.assertEqual(names, ["lifecycle_stage"])

    def test_a_tag_shows_exactly_its_orders(self):
        tagged_orders = self.env["sale.order"]
        for number in range(7):
            order = self._new_order((self.service, 1))
            tagged_orders |= order if number < 5 else order.browse()
        tagged_orders.tag_ids = [Command.link(self.tag.id)]
        orders = self.env["sale.order"].with_user(self.salesman)
        answer = orders.search_panel_select_multi_range(
            "tag_ids", enable_counters=True, expand=False
        )
        (row,) = [one for one in answer["values"] if one["id"] == self.tag.id]
        self.assertEqual(row["__count"], 5)
        self.env.flush_all()
        self.browser_js(
            "/odoo/action-sale.action_quotations",
            """
            const wait = async (found) => {
                while (!found()) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                return found();
            };
            const tag = () =>
                [...document.querySelectorAll(".o_search_panel_filter_value")].find(
                    (one) => one.textContent.includes("Trade fair")
                );
            (await wait(tag)).querySelector("input").click();
            await wait(() => document.querySelectorAll(".o_data_row").length === 5);
            console.log("test successful");
            """.join(("(async () => {", "})()")),
            ready="document.querySelector('.o_search_panel_filter_value') !== null",
            login=self.salesman.login,
        )
