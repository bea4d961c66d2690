from odoo import api, fields, models

from ...exceptions import LinkError

FAMILIES = "sale.order.parent"


class SalesPresenceMixin(models.AbstractModel):
    """Tells too whether there are orders that are parts of others."""

    _inherit = "sales.presence.mixin"

    @api.model
    def _get_pending_fields(self):
        families = ("sale.order", ["parent_order_id"])
        return [*super()._get_pending_fields(), families]


class SalesOrderLink(models.Model):
    """Two orders that belong together, and why; read from either side."""

    _name = "sales.order.link"
    _inherit = ["sales.presence.mixin"]
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

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        # Who may read one of the two must not reach the other through the link.
        (links.order_id | links.linked_id).check_access("read")
        return links

    @api.constrains("order_id", "linked_id", "kind")
    def _check_both_ways(self):
        """Refuse the mirror image: a link is read from both sides already."""
        for link in self:
            mirror = [
                ("order_id", "=", link.linked_id.id),
                ("linked_id", "=", link.order_id.id),
                ("kind", "=", link.kind),
            ]
            # sudo: the mirror image may belong to a colleague.
            if self.sudo().search_count(mirror, limit=1):
                raise LinkError(
                    self.env._(
                        "Linked Order: %(order)s and %(linked)s are linked like this "
                        "already, the other way round. Keep one of the two links.",
                        order=link.order_id.name,
                        linked=link.linked_id.name,
                    ),
                    field="linked_id",
                    rule="mirror",
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

    @api.model
    def _has_families(self):
        """Return whether any order is a part of another one."""
        return FAMILIES in self._get_presence()

    @api.model
    def _get_relation_labels(self):
        """Return {(kind, seen from its origin): what the other order is}."""
        return {
            ("parent", False): self.env._("Parent"),
            ("parent", True): self.env._("Child"),
            ("clone", True): self.env._("Copy"),
            ("clone", False): self.env._("Copied from"),
            ("split", True): self.env._("Split off"),
            ("split", False): self.env._("Split off from"),
            ("merge", True): self.env._("Merged into"),
            ("merge", False): self.env._("Merged from"),
            ("renewal", False): self.env._("Renews"),
            ("replacement", False): self.env._("Replaces"),
            ("sample", False): self.env._("Sample of"),
        }

    @api.model
    def _get_relation_label(self, kind, is_origin):
        """Return what the other order is to the one that is looked at."""
        labels = self._get_relation_labels()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return labels.get((kind, is_origin)) or kinds.get(kind, kind)
