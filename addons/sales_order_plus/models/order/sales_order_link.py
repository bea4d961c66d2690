from odoo import fields, models


class SalesOrderLink(models.Model):
    """Two orders that belong together, and why; read from either side."""

    _name = "sales.order.link"
    _description = "Linked Orders"
    _order = "id"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="cascade",
        help="The order the other one comes from.",
    )
    linked_id = fields.Many2one(
        "sale.order",
        string="Linked Order",
        required=True,
        index=True,
        ondelete="cascade",
        help="The order that comes from it.",
    )
    kind = fields.Selection(
        selection=[
            ("clone", "Copy"),
            ("split", "Split off"),
            ("merge", "Merged"),
            ("alternative", "Alternative"),
            ("renewal", "Renewal"),
            ("replacement", "Replacement"),
            ("sample", "Sample"),
            ("related", "Related"),
        ],
        required=True,
        default="related",
        help="Why the two belong together.",
    )

    _pair_uniq = models.UniqueIndex(
        "(order_id, linked_id, kind)", "These two orders are linked like this already."
    )
    _not_itself = models.Constraint(
        "CHECK (order_id <> linked_id)", "Linked Order: an order is not its own link."
    )

    def _link(self, orders, linked, kind):
        """Link each of ``orders`` with each of ``linked``, once.

        :param str kind: a value of ``kind``
        :return: the links, old and new
        """
        pairs = [(one.id, two.id) for one in orders for two in linked if one != two]
        known = self.search(
            [
                ("order_id", "in", orders.ids),
                ("linked_id", "in", linked.ids),
                ("kind", "=", kind),
            ]
        )
        there = {(link.order_id.id, link.linked_id.id) for link in known}
        return known | self.create(
            [
                {"order_id": one, "linked_id": two, "kind": kind}
                for one, two in pairs
                if (one, two) not in there
            ]
        )
