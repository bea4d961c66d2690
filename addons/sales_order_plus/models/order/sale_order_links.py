from collections import namedtuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import LinkError
from ..seam.reading import is_reading, once
from .sales_order_link import FAMILIES

# All links of some orders; alternatives of alternatives are alternatives too.
LINKS = """
WITH RECURSIVE alternative (id) AS (
    SELECT unnest(%(ids)s)
    UNION
    SELECT CASE WHEN link.order_id = alternative.id
                THEN link.linked_id ELSE link.order_id END
    FROM alternative
    JOIN sales_order_link link
      ON link.kind = 'alternative' AND alternative.id IN (link.order_id, link.linked_id)
)
SELECT order_id, linked_id, kind FROM sales_order_link
WHERE order_id = ANY(%(ids)s) OR linked_id = ANY(%(ids)s)
   OR (kind = 'alternative' AND order_id IN (SELECT id FROM alternative))
ORDER BY id
"""
FAMILY = """
SELECT parent_order_id, id, 'parent' FROM sale_order
WHERE parent_order_id = ANY(%(ids)s)
   OR (id = ANY(%(ids)s) AND parent_order_id IS NOT NULL)
ORDER BY date_order DESC, id DESC
"""

INCOMING = "order_link_ids.linked_id"
# ``is_origin``: whether the order looked at is where the other one comes from.
Relation = namedtuple("Relation", "order kind is_origin")


class SaleOrder(models.Model):
    """Orders that belong together: parents, children and links of every kind."""

    _inherit = "sale.order"

    parent_order_id = fields.Many2one(
        "sale.order",
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        groups="base.group_user",
        help="The order this one is a part of.",
        prefetch="sales_rare",
    )
    child_order_ids = fields.One2many(
        "sale.order",
        "parent_order_id",
        string="Child Orders",
        groups="base.group_user",
        help="The orders that are parts of this one.",
    )
    order_link_ids = fields.One2many(
        "sales.order.link",
        "order_id",
        string="Links",
        copy=False,
        groups="base.group_user",
        help="Other orders this one is linked with; they show the link too.",
    )
    related_order_count = fields.Integer(
        string="Related Orders",
        compute="_compute_order_links",
        groups="base.group_user",
        help="Number of parents, children and linked orders that you may read.",
    )
    order_relation = fields.Char(
        string="Relation",
        compute="_compute_order_relation",
        groups="base.group_user",
        help="What the order is to the one you come from.",
    )

    def init(self):
        super().init()
        self.env["sales.presence"]._watch(FAMILIES, self._table, "parent_order_id")

    @api.constrains("parent_order_id")
    def _check_parent_order(self):
        self.env["sales.order.link"]._forget_presence()
        if self._has_cycle("parent_order_id"):
            raise LinkError(
                self.env._(
                    "Parent Order: an order cannot be its own ancestor. "
                    "Choose an order that is not a child of this one."
                ),
                field="parent_order_id",
                rule="cycle",
            )

    def _compute_order_links(self):
        """Count what is linked: one look at the links for all that is shown of them."""
        self._count_links(self._origin._get_link_rows())

    def _count_links(self, rows):
        """Set what is shown of the links.

        :param rows: what :meth:`_get_link_rows` returns for these orders
        """
        relations = self._origin._get_order_relations(rows)
        for order in self:
            own = relations.get(order._origin.id, ())
            others = {relation.order.id for relation in own}
            order.related_order_count = len(others)

    @api.depends_context("related_to")
    def _compute_order_relation(self):
        origin = self.browse(self.env.context.get("related_to") or [])
        words = {}
        for relation in origin._get_order_relations().get(origin.id, ()):
            label = self.env["sales.order.link"]._get_relation_label(
                relation.kind, relation.is_origin
            )
            words.setdefault(relation.order.id, []).append(label)
        for order in self:
            order.order_relation = ", ".join(words.get(order.id, ()))

    # === Reading === #

    def _get_order_relations(self, rows=None):
        """Return {order id: [Relation]} of what the user may read, from both sides.

        :param rows: what :meth:`_get_link_rows` returned for these orders already
        """
        found = {id_: [] for id_ in self.ids}
        # The portal asks through the order's sudo: employees see what they may.
        may_links = self.env["sales.order.link"].has_access("read")
        for one, two, kind in self._get_link_rows() if rows is None else rows:
            if kind != "parent" and not may_links:
                continue
            if one in found:
                found[one].append(Relation(self.browse(two), kind, True))
            if two in found:
                found[two].append(Relation(self.browse(one), kind, False))
        return self._drop_unreadable(found)

    def _get_link_rows(self, family=True):
        """Return (id of the origin, id of what comes from it, kind), whoever asks.

        What touches these orders, and all links between alternatives of theirs; what
        the user may not read is left to the caller.

        :param bool family: with parents and children
        """
        # One answer for all fields of a screen.
        family = family or is_reading()
        key = ("order.links", self._origin._ids)
        return once(key, lambda: self._find_link_rows(family))

    def _get_list_queries(self):
        queries = super()._get_list_queries()
        links = self.env["sales.order.link"]
        if is_reading() and links._has_records():
            table = links._table
            queries.append(self._get_beside_query(INCOMING, table, "linked_id"))
        if is_reading() and links._has_families():
            self.flush_model(["parent_order_id"])
            query = "SELECT %s, id, 1 FROM sale_order WHERE parent_order_id IS NOT NULL"
            queries += [
                self._get_beside_query(FAMILIES, self._table, "parent_order_id"),
                SQL(f"{query} AND id = ANY(%s)", FAMILIES, self._origin.ids),
            ]
        return queries

    def _find_link_rows(self, family):
        if not any(map(self._has_beside, (INCOMING, FAMILIES, "order_link_ids"))):
            return []
        ids, parts = self._origin.ids, []
        links = self.env["sales.order.link"]
        if links._has_records():
            links.flush_model(["order_id", "linked_id", "kind"])
            parts.append(SQL("(%s)", SQL(LINKS, ids=ids)))
        if family and links._has_families():
            self.flush_model(["parent_order_id", "date_order"])
            parts.append(SQL("(%s)", SQL(FAMILY, ids=ids)))
        if not ids or not parts:
            return []
        return self.env.execute_query(SQL(" UNION ALL ").join(parts))

    def _drop_unreadable(self, found):
        others = self.browse({r.order.id for own in found.values() for r in own})
        readable = set(others._filtered_access("read").ids) if others else set()
        return {
            id_: [relation for relation in own if relation.order.id in readable]
            for id_, own in found.items()
        }

    # === Actions === #

    def action_view_related_orders(self):
        """Open the parents, children and linked orders.

        :return: window action, of the form if there is only one
        """
        self.ensure_one()
        relations = self._get_order_relations()[self.id]
        others = self.browse({relation.order.id for relation in relations})
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sale_order_action_related"
        )
        action["domain"] = [("id", "in", others.ids)]
        action["context"] = {"related_to": self.id, "create": False}
        if len(others) == 1:
            action.update(res_id=others.id, views=[(False, "form")], view_mode="form")
        return action
