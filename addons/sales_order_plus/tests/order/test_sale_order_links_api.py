from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_api import ApiCommon
from ..seam.common import GuardCommon


@tagged("post_install", "-at_install")
class TestSaleOrderLinksApi(GuardCommon, ApiCommon):
    """Copy, split, merge and link as an integrator does, with a real key."""

    def _refused(self, code, rule, method, **params):
        with mute_logger("odoo.http"):
            status, error = self._call(method, **params)
        self.assertEqual(status, 422, error)
        self.assertEqual(error["context"]["code"], code)
        self.assertEqual(error["context"]["rule"], rule)
        self.assertTrue(error["context"]["field"])

    def test_clone_order(self):
        order = self._new_order((self.service, 2))
        status, data = self._call("clone_order", name=order.name, quantity_factor=3)
        self.assertEqual(status, 200, data)
        self.assertEqual(data["lines"][0]["quantity"], 6)
        self.assertEqual((data["state"], data["left_out"]), ("draft", []))
        self._refused(
            "clone_refused",
            "positive",
            "clone_order",
            name=order.name,
            quantity_factor=0,
        )
        self._refused(
            "link_refused", "exists", "clone_order", name=order.name, customer_id=2**30
        )

    def test_split_order(self):
        order = self._new_order((self.service, 5), (self.product, 1))
        line = order.order_line[0]
        status, data = self._call(
            "split_order",
            name=order.name,
            lines=[{"line_id": line.id, "quantity": 2}],
        )
        self.assertEqual(status, 200, data)
        self.assertEqual(data["order"]["lines"][0]["quantity"], 3)
        self.assertEqual(data["parts"][0]["name"], f"{order.name}-01")
        self.assertEqual(
            data["order"]["amount_total"] + data["parts"][0]["amount_total"], 350
        )

    def test_split_order_refused(self):
        order = self._new_order((self.service, 5))
        line = order.order_line
        split = {"method": "split_order", "name": order.name}
        nothing = float("nan")
        for rows in (
            [{"line_id": 1}],
            ["x"],
            [{"line_id": line.id, "quantity": "2"}],
            [{"line_id": line.id, "quantity": nothing}],
        ):
            self._refused("split_refused", "format", lines=rows, **split)
        rows = [{"line_id": line.id, "quantity": 6}]
        self._refused("split_refused", "movable", lines=rows, **split)
        self._refused("split_refused", "choice", by="colour", **split)
        self._refused("split_refused", "choice", numbering="roman", **split)
        self._refused("split_refused", "one_group", by="category", **split)
        self._refused("split_refused", "something", **split)

    def test_split_part_that_needs_approval(self):
        order = self._new_order((self.service, 5))
        order.action_confirm()
        self._stop_orders(severity="approve")
        with mute_logger("odoo.http"):
            status, error = self._call(
                "split_order",
                name=order.name,
                lines=[{"line_id": order.order_line.id, "quantity": 2}],
            )
        self.assertEqual((status, error["context"]["code"]), (422, "guard_refused"))
        self.assertEqual(order.order_line.product_uom_qty, 5)

    def test_merge_orders(self):
        names = [self._new_order((self.service, n)).name for n in (1, 2)]
        status, data = self._call("merge_orders", names=names)
        self.assertEqual(status, 200, data)
        self.assertEqual((data["name"], data["amount_total"]), (names[0], 150))
        self._refused("merge_refused", "quotation", "merge_orders", names=names)
        self._refused("merge_refused", "at_least_two", "merge_orders", names=names[:1])

    def test_links(self):
        one, two = self._new_order().name, self._new_order().name
        status, data = self._call("link_orders", name=one, linked=two, kind="sample")
        self.assertEqual(status, 200, data)
        self.assertEqual(
            [(row["name"], row["kind"], row["is_origin"]) for row in data],
            [(two, "sample", True)],
        )
        status, data = self._call("get_linked_orders", name=two)
        self.assertEqual(status, 200)
        self.assertEqual(
            [(row["name"], row["kind"], row["relation"]) for row in data],
            [(one, "sample", "Sample of")],
        )
        self._refused("link_refused", "link", "link_orders", name=one, linked=one)
        self._refused(
            "link_refused", "link", "link_orders", name=one, linked=two, kind="twin"
        )
        self._refused(
            "link_refused", "mirror", "link_orders", name=two, linked=one, kind="sample"
        )

    @mute_logger("odoo.http")
    def test_order_of_a_colleague_is_unknown(self):
        name = self._new_order(user=self.colleague).name
        for method in ("clone_order", "split_order", "get_linked_orders"):
            self.assertEqual(self._call(method, name=name)[0], 422)
