from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...exceptions import LinkError
from ..common import SalesPlusCommon


@tagged("post_install", "-at_install")
class TestSaleOrderLinks(SalesPlusCommon):
    def setUp(self):
        super().setUp()
        self.one = self._new_order()
        self.two = self._new_order()
        self.links = self.env["sales.order.link"].with_user(self.salesman)

    def _relations(self, order):
        return [
            (relation.order, relation.kind, relation.is_origin)
            for relation in order._get_order_relations()[order.id]
        ]

    def test_read_from_both_sides(self):
        self.links._link(self.one, self.two, "replacement")
        self.assertEqual(self._relations(self.one), [(self.two, "replacement", True)])
        self.assertEqual(self._relations(self.two), [(self.one, "replacement", False)])
        self.assertEqual(self.one.related_order_count, 1)
        self.assertEqual(self.two.related_order_count, 1)

    def test_relation_in_words(self):
        self.links._link(self.one, self.two, "replacement")
        seen = self.two.with_context(related_to=self.one.id)
        self.assertEqual(seen.order_relation, "Replacement")
        seen = self.one.with_context(related_to=self.two.id)
        self.assertEqual(seen.order_relation, "Replaces")
        self.assertFalse(self.one.order_relation)

    def test_parent_and_child(self):
        self.two.parent_order_id = self.one
        self.assertEqual(self.one.child_order_ids, self.two)
        self.assertEqual(self._relations(self.one), [(self.two, "parent", True)])
        self.assertEqual(self._relations(self.two), [(self.one, "parent", False)])

    def test_own_ancestor_is_refused(self):
        three = self._new_order(parent_order_id=self.two.id)
        self.two.parent_order_id = self.one
        with self.assertRaises(LinkError) as refusal:
            self.one.parent_order_id = three
        self.assertEqual(refusal.exception.context["rule"], "cycle")
        self.assertEqual(refusal.exception.context["field"], "parent_order_id")

    def test_own_parent_is_refused(self):
        with self.assertRaises(LinkError):
            self.one.parent_order_id = self.one

    @mute_logger("odoo.sql_db")
    def test_own_link_is_refused(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.links.create({"order_id": self.one.id, "linked_id": self.one.id})

    def test_mirror_image_is_refused(self):
        self.links._link(self.one, self.two, "related")
        with self.assertRaises(LinkError):
            self.links._link(self.two, self.one, "related")

    def test_linked_once(self):
        first = self.links._link(self.one, self.two, "related")
        self.assertEqual(self.links._link(self.one, self.two, "related"), first)

    def test_order_of_a_colleague(self):
        """A link is no way to look into another one's orders."""
        hidden = self._new_order(user=self.colleague)
        with self.assertRaises(AccessError):
            self.links.create({"order_id": self.one.id, "linked_id": hidden.id})
        self.links.sudo()._link(self.one, hidden, "related")
        self.assertEqual(self._relations(self.one), [])
        self.assertEqual(self.one.related_order_count, 0)
        seen = self.one.with_user(self.colleague)
        self.assertEqual(self._relations(seen), [(hidden, "related", True)])

    def test_portal_reads_no_links(self):
        self.links._link(self.one, self.two, "related")
        with self.assertRaises(AccessError):
            self.one.with_user(self.portal_user).read(["order_link_ids"])
        with self.assertRaises(AccessError):
            self.links.with_user(self.portal_user).search([]).read(["kind"])

    def test_button(self):
        self.links._link(self.one, self.two, "related")
        action = self.one.action_view_related_orders()
        self.assertEqual(action["res_id"], self.two.id)
        self.links._link(self.one, self._new_order(), "sample")
        action = self.one.action_view_related_orders()
        self.assertNotIn("res_id", {k for k, v in action.items() if v})
        self.assertEqual(len(self.one.search(action["domain"])), 2)

    def test_link_by_hand_in_the_form(self):
        with Form(self.one) as form:
            with form.order_link_ids.new() as link:
                link.kind = "sample"
                link.linked_id = self.two
        self.assertEqual(self._relations(self.two), [(self.one, "sample", False)])

    def test_count_costs_the_same_for_many(self):
        orders = self.one | self.two
        for _number in range(4):
            orders |= self._new_order()
        self.links._link(self.one, orders - self.one, "related")
        self.env.flush_all()

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("related_order_count")
            return self.env.cr.sql_log_count - before

        queries(orders)
        self.assertLessEqual(queries(orders), queries(self.one) + 1)


@tagged("post_install", "-at_install")
class TestLinkRows(SalesPlusCommon):
    """All links of an order are found in one look."""

    def setUp(self):
        super().setUp()
        self.links = self.env["sales.order.link"]
        self.one, self.two, self.three, self.four = (
            self._new_order((self.service, 1)) for _number in range(4)
        )

    def test_alternatives_of_alternatives(self):
        """A chain and a circle, asked from each end, also for several at once."""
        for pair in ((self.one, self.two), (self.three, self.two)):
            self.links._link(*pair, "alternative")
        group = self.one | self.two | self.three
        self.links._link(self.three, self.four, "related")
        for order in group:
            self.assertEqual(order._get_alternatives()[order], group - order)
        self.links._link(self.three, self.one, "alternative")
        found = (group | self.four)._get_alternatives()
        for order in group:
            self.assertEqual(found[order], group - order)
        self.assertFalse(found[self.four])
        self.assertEqual(group.mapped("alternative_count"), [2, 2, 2])
        self.assertEqual(self.three.related_order_count, 3)
        # What three is linked with otherwise is none of one's.
        self.assertEqual(self.one.related_order_count, 2)

    def test_one_query_for_the_links(self):
        self.links._link(self.one, self.two, "alternative")
        self.links._link(self.two, self.three, "alternative")
        self.four.parent_order_id = self.one
        self.env.flush_all()
        self.links._has_records()
        before = self.env.cr.sql_log_count
        rows = self.one._get_link_rows()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        self.assertEqual(
            set(rows),
            {
                (self.one.id, self.two.id, "alternative"),
                (self.two.id, self.three.id, "alternative"),
                (self.one.id, self.four.id, "parent"),
            },
        )

    def test_what_is_not_written_yet_counts(self):
        self.four.parent_order_id = self.one
        self.links._link(self.one, self.two, "related")
        self.assertEqual(self.one.related_order_count, 2)
