from collections import namedtuple

from odoo import api, fields, models

from ...exceptions import LinkError

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
        compute="_compute_related_order_count",
        groups="base.group_user",
        help="Number of parents, children and linked orders that you may read.",
    )
    order_relation = fields.Char(
        string="Relation",
        compute="_compute_order_relation",
        groups="base.group_user",
        help="What the order is to the one you come from.",
    )

    @api.constrains("parent_order_id")
    def _check_parent_order(self):
        if self._has_cycle("parent_order_id"):
            raise LinkError(
                self.env._(
                    "Parent Order: an order cannot be its own ancestor. "
                    "Choose an order that is not a child of this one."
                ),
                field="parent_order_id",
                rule="cycle",
            )

    def _compute_related_order_count(self):
        relations = self._origin._get_order_relations()
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

    def _get_order_relations(self):
        """Return {order id: [Relation]} of what the user may read, from both sides."""
        ids = self._origin.ids
        found = {id_: [] for id_ in self.ids}
        if not ids:
            return found
        for one, two, kind in self._get_relation_rows(ids):
            if one.id in found:
                found[one.id].append(Relation(two, kind, True))
            if two.id in found:
                found[two.id].append(Relation(one, kind, False))
        return self._drop_unreadable(found)

    def _get_relation_rows(self, ids):
        """Return (origin, what comes from it, kind) of all that touches ``ids``."""
        rows = []
        links = self.env["sales.order.link"]
        # The portal asks through the order's sudo: employees see what they may.
        if links._has_records() and links.has_access("read"):
            domain = ["|", ("order_id", "in", ids), ("linked_id", "in", ids)]
            rows += [(k.order_id, k.linked_id, k.kind) for k in links.search(domain)]
        family = self.search(
            ["|", ("id", "in", ids), ("parent_order_id", "in", ids)]
        ).filtered("parent_order_id")
        return rows + [(o.parent_order_id, o, "parent") for o in family]

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
