from odoo import api, fields, models

from ...exceptions import AppendOnlyError


class SalesQuotationRevision(models.Model):
    """One revision of a quotation as the customer got it; rows are only ever added."""

    _name = "sales.quotation.revision"
    _description = "Quotation Revision"
    _order = "order_id desc, number desc"

    name = fields.Char(compute="_compute_name", help="Quotation and revision.")
    order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The quotation it is a revision of.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id",
        store=True,
        index=True,
        help="Company of the quotation.",
    )
    number = fields.Integer(
        string="Revision", required=True, readonly=True, help="The first one is 1."
    )
    reason = fields.Char(readonly=True, help="Why it was replaced by the next one.")
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, help="Who sent or replaced it."
    )
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was frozen.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="Currency of the amounts."
    )
    amount_untaxed = fields.Monetary(readonly=True, help="Without taxes.")
    amount_total = fields.Monetary(readonly=True, help="With taxes.")
    snapshot = fields.Json(
        required=True, readonly=True, help="Header, lines, totals and taxes as data."
    )
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="PDF",
        readonly=True,
        ondelete="set null",
        help="The document the customer got; made from the data if none was sent.",
    )
    is_current = fields.Boolean(
        compute="_compute_is_current", help="Whether no later revision replaced it."
    )

    _number_uniq = models.UniqueIndex(
        "(order_id, number)", "This quotation has a revision with this number already."
    )

    @api.depends("order_id.name", "number")
    def _compute_name(self):
        for revision in self:
            order, number = revision.order_id, revision.number
            revision.name = order._get_quotation_name(number) if order else False

    @api.depends("order_id.revision_number", "number")
    def _compute_is_current(self):
        for revision in self:
            revision.is_current = revision.number == revision.order_id.revision_number

    def write(self, vals):
        if set(vals) - {"attachment_id"} or any(self.mapped("attachment_id")):
            raise AppendOnlyError(
                self.env._("A revision of a quotation cannot be changed.")
            )
        return super().write(vals)

    # === Document === #

    def _set_document(self, attachment):
        """Keep a copy of ``attachment`` as the revision's document."""
        self.ensure_one()
        self.attachment_id = attachment.sudo().copy(
            {"res_model": self._name, "res_id": self.id, "name": f"{self.name}.pdf"}
        )

    def _get_document(self):
        """Return the PDF as bytes; made from the snapshot the first time if need be."""
        self.ensure_one()
        if not self.attachment_id:
            self._make_document()
        return self.attachment_id.raw

    def _make_document(self):
        # sudo: layout and logo of the company, for whoever may read the revision.
        report = self.env["ir.actions.report"].sudo()
        content, _kind = report._render_qweb_pdf(
            "sales_order_plus.action_report_quotation_revision", self.ids
        )
        self.sudo().attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{self.name}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )

    def action_open_document(self):
        """Open the PDF of this revision.

        :return: action that downloads it
        """
        self.ensure_one()
        self.check_access("read")
        self.sudo()._get_document()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sudo().attachment_id.id}?download=true",
            "target": "new",
        }

    def action_compare(self):
        """Compare this revision with the quotation as it is now.

        :return: window action of the comparison
        """
        self.ensure_one()
        return self.env["sales.quotation.compare"]._open(self.order_id, self)
