from lxml import etree

from odoo.tests import tagged

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
        for field in node.xpath(".//field[not(ancestor::field)]"):
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

    def test_form_of_ten_lines(self):
        order = self._new_order(*[(self.product, 1), (self.service, 2)] * 5)
        arch = order.get_view(view_type="form")["arch"]
        ours = self._get_specification(etree.fromstring(arch), "sale.order")
        ours = self._without_others(ours)
        core = self._without_ours(ours)
        self.assertGreater(len(ours), len(core))
        for specification in (ours, core):
            self._count(order, specification)
        plain, full = self._count(order, core), self._count(order, ours)
        # Each thing that is in use and shown beside the order asks once; where
        # nothing is, one query tells so of all (sales.presence.mixin).
        self.assertLessEqual(full - plain, 9, f"{full} queries, Odoo's {plain}")
