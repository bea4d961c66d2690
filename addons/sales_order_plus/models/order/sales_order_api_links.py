from math import isfinite

from odoo import api, models

from ...exceptions import LinkError, SplitError


class SalesOrderApi(models.AbstractModel):
    """Copy, split, merge and link orders."""

    _inherit = "sales.order.api"

    @api.model
    def clone_order(
        self,
        *,
        name: str,
        quantity_factor: float = 1.0,
        customer_id: int = 0,
        reprice: bool = True,
        copy_notes: bool = True,
        copy_attachments: bool = False,
    ):
        """Make a draft quotation of an order.

        :param str name: number of the order
        :param float quantity_factor: what the quantities are multiplied by
        :param int customer_id: id of another customer; 0: the same
        :param bool reprice: today's prices instead of the old ones
        :param bool copy_notes: terms and note lines
        :param bool copy_attachments: files of the order
        :return: the quotation as :meth:`get_order` gives it, and ``left_out``: the
            products that are not sold any more
        :raise CloneError: if the factor is not positive, or nothing is left to sell
        """
        partner = self.env["res.partner"].browse(customer_id or [])
        if partner and not partner.exists():
            raise LinkError(
                self.env._(
                    "customer_id: there is no contact with the id %s. "
                    "Give the id of a contact that you may read.",
                    customer_id,
                ),
                field="customer_id",
                rule="exists",
            )
        partner.check_access("read")
        clone, left_out = self._get_order_by_name(name)._clone(
            quantity_factor, partner, reprice, copy_notes, copy_attachments
        )
        return {
            **self._prepare_order_data(clone),
            "left_out": left_out.product_id.mapped("display_name"),
        }

    @api.model
    def split_order(
        self,
        *,
        name: str,
        by: str = "lines",
        lines: list = (),
        numbering: str = "suffix",
    ):
        """Split an order.

        :param str name: number of the order
        :param str by: ``lines``, ``warehouse``, ``date``, ``category`` or
            ``temperature``
        :param list lines: for ``lines``, what goes to the new order: dictionaries
            with ``line_id`` and ``quantity``
        :param str numbering: ``suffix`` (its number and -01) or ``sequence``
        :return: dict with ``order`` (what is left) and ``parts`` (the new orders),
            each as :meth:`get_order` gives it
        :raise SplitError: if something cannot be moved; names the next step
        :raise GuardError: if something stands against a part of a confirmed order
        """
        order = self._get_order_by_name(name)
        order._check_split_choice(by, numbering)
        if by == "lines":
            parts = order._split([self._read_split_lines(order, lines)], numbering)
        else:
            parts = order._split_by(by, numbering)
        return {
            "order": self._prepare_order_data(order),
            "parts": [self._prepare_order_data(part) for part in parts],
        }

    @api.model
    def _read_split_lines(self, order, rows):
        wanted = {}
        own = {line.id: line for line in order.order_line}
        for row in rows:
            line = own.get(row.get("line_id")) if isinstance(row, dict) else None
            quantity = row.get("quantity") if line else None
            if not isinstance(quantity, int | float) or not isfinite(quantity):
                raise SplitError(
                    self.env._(
                        "lines: %(row)s is not understood. Give line_id, the id of a "
                        "line of %(order)s, and quantity, a number.",
                        row=row,
                        order=order.name,
                    ),
                    field="lines",
                    rule="format",
                )
            wanted[line] = wanted.get(line, 0.0) + quantity
        return wanted

    @api.model
    def merge_orders(self, *, names: list, join_lines: bool = True):
        """Merge quotations of one customer into the oldest; the others are cancelled.

        :param list names: numbers of the quotations
        :param bool join_lines: add up lines of the same product, price and taxes
        :return: the quotation that is left, as :meth:`get_order` gives it
        :raise MergeError: if they differ in what must be the same
        """
        orders = self.env["sale.order"].union(
            *(self._get_order_by_name(name) for name in names)
        )
        return self._prepare_order_data(orders._merge(join_lines))

    @api.model
    @api.readonly
    def get_linked_orders(self, *, name: str):
        """Return the parents, children and linked orders of one order.

        :param str name: number of the order
        :return: list of dictionaries with ``name``, ``state``, ``amount_total``,
            ``currency``, ``kind`` (parent, clone, split, merge, …), ``is_origin``
            (whether the other one comes from this order) and ``relation`` (in words)
        """
        order = self._get_order_by_name(name)
        links = self.env["sales.order.link"]
        return [
            {
                "name": relation.order.name,
                "state": relation.order.state,
                "amount_total": relation.order.amount_total,
                "currency": relation.order.currency_id.name,
                "kind": relation.kind,
                "is_origin": relation.is_origin,
                "relation": links._get_relation_label(
                    relation.kind, relation.is_origin
                ),
            }
            for relation in order._get_order_relations()[order.id]
        ]

    @api.model
    def link_orders(self, *, name: str, linked: str, kind: str = "related"):
        """Link two orders; both show the link.

        :param str name: number of the order the other one comes from
        :param str linked: number of the order that comes from it
        :param str kind: such as ``related``, ``replacement`` or ``sample``
        :return: the links of the first, as :meth:`get_linked_orders` gives them
        :raise LinkError: if there is no such kind, or both are the same
        """
        links = self.env["sales.order.link"]
        order, other = self._get_order_by_name(name), self._get_order_by_name(linked)
        kinds = [key for key, _label in links._fields["kind"].selection]
        if kind not in kinds or order == other:
            raise LinkError(
                self.env._(
                    "kind, linked: give another order and one of these kinds: %s.",
                    ", ".join(kinds),
                ),
                field="kind" if kind not in kinds else "linked",
                rule="link",
            )
        links._link(order, other, kind)
        return self.get_linked_orders(name=name)
