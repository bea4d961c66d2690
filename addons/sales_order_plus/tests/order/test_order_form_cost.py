from lxml import etree

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ...models.seam.sale_order_late import LATE, SAVED
from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestFormCost(OrderCommon):
    """What we show on the order costs a query a thing, never one a line.

    Without the fields of the satellites, and without the guard: what it costs
    depends on how many rules and policies are asked, here those of all addons.
    """

    def _get_specification(self, node, model):
        """Return what the web client reads for a view, as its own fields only."""
        specification = {}
        # Also below a field, whose lines are a view of their own.
        depth = len(node.xpath("ancestor::field"))
        found = node.xpath(".//field[count(ancestor::field) = $depth]", depth=depth)
        for field in found:
            definition = self.env[model]._fields[field.get("name")]
            inner = {}
            views = field.xpath("./list")
            if views:
                fields = self._get_specification(views[0], definition.comodel_name)
                inner = {"fields": fields}
            elif definition.type == "many2one":
                inner = {"fields": {"display_name": {}}}
            specification[field.get("name")] = inner
        return specification

    def _is_ours(self, model, name):
        modules = self.env[model]._fields[name]._modules
        return all(module.startswith("sales_") for module in modules)

    def _without_others(self, specification):
        return {
            name: inner
            for name, inner in specification.items()
            if not name.startswith("guard_")
            and (
                not self._is_ours("sale.order", name)
                or "sales_order_plus" in self.env["sale.order"]._fields[name]._modules
            )
        }

    def _without_ours(self, specification):
        lines = specification["order_line"]["fields"]
        return {
            name: inner
            for name, inner in specification.items()
            if not self._is_ours("sale.order", name)
        } | {
            "order_line": {
                "fields": {
                    name: inner
                    for name, inner in lines.items()
                    if not self._is_ours("sale.order.line", name)
                }
            }
        }

    def _count(self, order, specification):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.web_read(specification)
        return self.env.cr.sql_log_count - before

    def _measure(self, order):
        """Return the queries of the form without what is ours, and with it."""
        arch = order.get_view(view_type="form")["arch"]
        ours = self._get_specification(etree.fromstring(arch), "sale.order")
        ours = self._without_others(ours)
        core = self._without_ours(ours)
        self.assertGreater(len(ours), len(core))
        for specification in (ours, core):
            self._count(order, specification)
        return self._count(order, core), self._count(order, ours)

    def test_form_of_ten_lines(self):
        order = self._new_order(*[(self.product, 1), (self.service, 2)] * 5)
        plain, full = self._measure(order)
        # Each thing that is in use and shown beside the order asks once; where
        # nothing is, one query tells so of all (sales.presence.mixin).
        self.assertLessEqual(full - plain, 7, f"{full} queries, Odoo's {plain}")

    def _configure_nothing(self):
        """As in a company that uses none of ours: there is no record of any kind."""
        presence = self.env.registry["sales.presence.mixin"]
        self.patch(presence, "_find_filled_models", lambda _self: {})
        self.env["sales.presence.mixin"]._forget_presence()

    def _get_orders(self):
        # The web client tells the time zone with each call.
        orders = self.env["sale.order"].with_user(self.salesman)
        return orders.with_context(tz="Europe/Brussels")

    def _get_form(self):
        """Return what the whole form reads, of all addons and with the guard."""
        arch = self._get_orders().get_view(view_type="form")["arch"]
        return self._get_specification(etree.fromstring(arch), "sale.order")

    def _assert_ratio(self, full, plain):
        text = f"{full} queries, Odoo's {plain}"
        self.assertLessEqual(full, 1.2 * plain, text)

    def test_whole_form_where_nothing_is_configured(self):
        order = self._new_order(*[(self.product, 1), (self.service, 2)] * 5)
        self._configure_nothing()
        form = self._get_form()
        plain = self._without_ours(form)
        for specification in (form, plain):
            self._count(order, specification)
        self._assert_ratio(self._count(order, form), self._count(order, plain))

    def test_list_where_nothing_is_configured(self):
        for _number in range(20):
            self._new_order((self.product, 1))
        self._configure_nothing()
        view = self.env.ref("sale.view_quotation_tree")
        arch = self._get_orders().get_view(view.id, "list")["arch"]
        names = self._get_specification(etree.fromstring(arch), "sale.order")
        plain = {
            name: inner
            for name, inner in names.items()
            if not self._is_ours("sale.order", name)
        }
        orders = self._get_orders().search([], limit=20)
        for specification in (names, plain):
            self._count(orders, specification)
        self._assert_ratio(self._count(orders, names), self._count(orders, plain))

    def test_new_order_where_nothing_is_configured(self):
        """What the client asks before anything is typed, or a page is opened."""
        self._configure_nothing()
        form = self._get_form()
        arch = etree.fromstring(self._get_orders().get_view(view_type="form")["arch"])
        for node in arch.xpath("//field[not(ancestor::field)]"):
            if {LATE, SAVED} & {*node.get("class", "").split()}:
                form.pop(node.get("name"), None)
        plain = self._without_ours(form)
        counts = []
        for specification in (form, plain, form, plain):
            self.env.flush_all()
            # With what is left of the new order before: each call is its own transaction.
            self.env.clear()
            before = self.env.cr.sql_log_count
            self._get_orders().onchange({}, [], specification)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[3], counts)

    def test_nothing_is_asked_twice(self):
        """What two fields need is found once while the form is read."""
        order = self._new_used_order()
        queries = self._get_queries(order)
        self.assertEqual(sum("WITH RECURSIVE alternative" in one for one in queries), 1)
        self.assertEqual(sum('"sales_customer_product"' in one for one in queries), 1)
        self.assertLessEqual(sum("sales_audit_event" in one for one in queries), 1)

    def _get_queries(self, order):
        """Return the queries of the whole form."""
        form = self._get_form()
        self._count(order, form)
        self.env.invalidate_all()
        queries = []
        execute = Cursor.execute

        def remember(cursor, query, *args, **kwargs):
            queries.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", remember)
        order.web_read(form)
        return queries

    def test_orders_lines_and_people_are_read_once(self):
        """What the form shows and what its computed fields need is fetched together."""
        order = self._new_order(*[(self.product, 1), (self.service, 2)] * 5)
        order.order_owner_id = self.manager
        orders = self._get_orders().browse(order.id)
        queries = self._get_queries(orders)
        for table in ("sale_order", "sale_order_line", "res_users", "res_partner"):
            # Records by their numbers, not what lists them.
            parts = (f'SELECT "{table}"."id", ', f'WHERE "{table}"."id" IN ')
            found = [one for one in queries if all(part in one for part in parts)]
            with self.subTest(table):
                self.assertLessEqual(len(found), 1, found)

    def test_form_with_our_features_in_use(self):
        """Linked orders, alternatives, duties, revisions, proformas, papers of customs.

        One query for all links and one for who may read them, none for the duties; one
        for what the customer paid for the items of all lines last time.
        """
        order = self._new_used_order()
        plain, full = self._measure(order)
        self.assertEqual(order.alternative_count, 2)
        self.assertEqual(order.related_order_count, 4)
        self.assertEqual(order.duty_estimate, 5 * 100 * 0.1)
        self.assertLessEqual(full - plain, 13, f"{full} queries, Odoo's {plain}")

    def _new_used_order(self):
        abroad = self.env.ref("base.jp")
        self.company.country_id = self.env.ref("base.us")
        self.company.eori = "US123"
        self.customer.country_id = abroad
        self.product.country_of_origin = abroad
        self.env["sales.duty.rule"].search([]).active = False
        self.env["sales.duty.rule"].create(
            {
                "name": "Duty",
                "country_ids": [Command.link(abroad.id)],
                "origin_country_ids": [Command.link(abroad.id)],
                "percent": 10,
            }
        )
        order = self._new_order(*[(self.product, 1), (self.service, 2)] * 5)
        order.action_new_alternative()
        order.action_new_alternative()
        self.env["sales.order.link"]._link(order, self._new_order(), "related")
        self._new_order().parent_order_id = order
        order.action_quotation_sent()
        order.action_new_revision(reason="Cheaper")
        order._create_proforma("percent", percent=10)
        return order
