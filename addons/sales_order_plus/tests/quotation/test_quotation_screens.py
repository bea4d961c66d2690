from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tests import Form, tagged

from .common import QuotationCommon

OURS = (
    "sales.quotation.revision",
    "sales.quotation.view",
    "sales.counter.offer",
    "sales.counter.offer.line",
    "sales.reminder.rule",
    "sales.reminder.log",
    "sales.terms.template",
    "sales.quotation.validity",
    "sales.quotation.analysis",
)


@tagged("post_install", "-at_install")
class TestQuotationScreens(QuotationCommon):
    """What a salesperson sees, and what it costs to show it."""

    def test_every_field_has_help(self):
        automatic = {"id", "display_name", *LOG_ACCESS_COLUMNS}
        for name in OURS:
            model = self.env[name]
            for field in model._fields.values():
                own = (
                    field._module == "sales_order_plus" and field.name not in automatic
                )
                self.assertFalse(own and not field.help, f"{name}.{field.name}")

    def test_every_screen_opens_for_a_salesperson(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "in", (*OURS, "sales.quotation.batch"))]
        )
        self.assertGreater(len(actions), 8)
        for action in actions:
            model = self.env[action.res_model].with_user(self.manager)
            modes = [mode for mode in action.view_mode.split(",") if mode != "activity"]
            model.get_views([(False, mode) for mode in modes])

    def test_our_fields_cost_no_query_for_each_record(self):
        """Eighty quotations in the follow-up list cost what one costs."""
        view = self.env.ref("sales_order_plus.sale_order_followup_view_list")
        names = [node.get("name") for node in view._get_combined_arch().iter("field")]
        spec = {name: {} for name in names if name != "activity_ids"}
        orders = self.env["sale.order"].with_user(self.salesman)
        for _index in range(12):
            orders |= self._new_sent((self.service, 1))
        costs = []
        for chosen in (orders[:1], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chosen.web_read(spec)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0] + 1)

    def test_form_costs_few_queries_more(self):
        """What this concern puts on the form costs at most four queries."""
        order = self._new_sent((self.service, 1))
        names = (
            "quotation_status",
            "revision_number",
            "alternative_count",
            "quotation_view_count",
            "customer_response",
            "delivery_problem",
            "terms_template_id",
            "intro_text",
            "is_expired",
        )
        self.env.flush_all()
        self.env.invalidate_all()
        plain = {"name": {}, "amount_total": {}, "partner_id": {"fields": {"name": {}}}}
        costs = []
        for spec in (plain, {**plain, **{name: {} for name in names}}):
            order.web_read(spec)  # What is cached for all forms is not counted.
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.web_read(spec)
            costs.append(self.env.cr.sql_log_count - before)
        # What is there at all, which the whole form asks once; alternatives, returned
        # e-mails, and the time zone of the company (two).
        self.assertLessEqual(costs[1] - costs[0], 4)

    def test_ten_line_quotation_asks_for_nothing_new(self):
        """A salesperson types customer and lines, and saves."""
        orders = self.env["sale.order"].with_user(self.salesman)
        with Form(orders) as form:
            form.partner_id = self.customer
            for quantity in range(1, 11):
                with form.order_line.new() as line:
                    line.product_id = self.service
                    line.product_uom_qty = quantity
        order = form.record
        self.assertEqual(len(order.order_line), 10)
        self.assertEqual((order.quotation_status, order.revision_number), ("draft", 1))

    def test_comparison_dialog(self):
        order = self._new_sent((self.product, 2), (self.service, 1))
        order.order_line[0].price_unit = 80
        order.action_new_revision()
        action = order.quotation_revision_ids.action_compare()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.salesman)
            .browse(action["res_id"])
        )
        self.assertEqual(wizard.comparison.count("o_comparison_line"), 1)
        wizard.only_changes = False
        self.assertEqual(wizard.comparison.count("o_comparison_line"), 2)
        self.assertIn(">80<", wizard.comparison)
