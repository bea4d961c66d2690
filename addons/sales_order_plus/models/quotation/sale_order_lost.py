from odoo import fields, models


class SaleOrder(models.Model):
    """Why a quotation was lost, and to whom."""

    _inherit = "sale.order"

    lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        copy=False,
        readonly=True,
        tracking=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Why the quotation was lost; the same reasons as of opportunities.",
        prefetch="sales_rare",
    )
    lost_competitor_id = fields.Many2one(
        "res.partner",
        string="Lost To",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The competitor who got the order.",
        prefetch="sales_rare",
    )
    lost_note = fields.Text(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="What else is known about it.",
        prefetch="sales_rare",
    )
    lost_on = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When it was marked lost.",
        prefetch="sales_rare",
    )

    def action_mark_lost(
        self,
        *,
        reason_id: int,
        competitor_id: int = 0,
        note: str = "",
        opportunity: bool = False,
    ):
        """Cancel quotations as lost.

        :param int reason_id: id of a ``crm.lost.reason``
        :param int competitor_id: id of the contact who got the order
        :param str note: what else is known
        :param bool opportunity: mark their opportunities lost for the same reason
        :return: names of the orders
        :raise QuotationError: if one of them is no quotation any more
        """
        self.check_access("write")
        self._ensure_open(self.env._("mark it lost"))
        reason = self.env["crm.lost.reason"].browse(reason_id)
        competitor = self.env["res.partner"].browse(competitor_id or False)
        self._action_cancel()
        self._set_lost(reason, competitor, note)
        if opportunity:
            self._lose_opportunities(reason)
        return self.mapped("name")

    def _set_lost(self, reason, competitor=None, note=""):
        self._write_own(
            {
                "lost_reason_id": reason.id,
                "lost_competitor_id": competitor.id if competitor else False,
                "lost_note": note or False,
                "lost_on": fields.Datetime.now(),
            }
        )
        self._log_event("quotation.lost", reason=reason.name or "")

    def _lose_opportunities(self, reason):
        """Lose the opportunities of which no other quotation is alive."""
        for opportunity in self.opportunity_id:
            others = opportunity.order_ids - self
            if not any(order.state in ("draft", "sent", "sale") for order in others):
                opportunity.action_set_lost(lost_reason_id=reason.id)

    def write(self, vals):
        if vals.get("state") in ("draft", "sent", "sale"):
            vals = {
                **vals,
                "lost_reason_id": False,
                "lost_competitor_id": False,
                "lost_note": False,
                "lost_on": False,
            }
        return super().write(vals)
