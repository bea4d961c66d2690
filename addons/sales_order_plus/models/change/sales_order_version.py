from odoo import api, fields, models

from ...exceptions import AppendOnlyError
from ..seam.hashing import get_hash

CAUSES = [
    ("sent", "Sent"),
    ("confirmed", "Confirmed"),
    ("base", "Before the first change"),
    ("change", "Changed"),
]


class SalesOrderVersion(models.Model):
    """An order as it was at one moment; rows are only ever added."""

    _name = "sales.order.version"
    _description = "Order Version"
    _order = "order_id desc, number desc"

    name = fields.Char(compute="_compute_name", help="Order and version.")
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The order it is a version of.",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, help="Its company."
    )
    number = fields.Integer(
        string="Version", required=True, readonly=True, help="The first one is 1."
    )
    cause = fields.Selection(
        selection=CAUSES, required=True, readonly=True, help="Why it was kept."
    )
    change_id = fields.Many2one(
        "sales.order.change",
        string="Change Request",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The request that led to this version.",
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, help="Who did it."
    )
    date = fields.Datetime(
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was kept.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="Currency of the amounts."
    )
    amount_total = fields.Monetary(readonly=True, help="With taxes.")
    snapshot = fields.Json(
        required=True, readonly=True, help="Header, lines, totals and taxes as data."
    )
    sha256 = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        help="Hash of the data: two versions with the same one are the same.",
    )
    is_intact = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_intact",
        help="The data still has the hash it was kept with.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="PDF",
        readonly=True,
        ondelete="set null",
        help="The document of this version, made when it is first opened.",
    )

    _number_uniq = models.UniqueIndex(
        "(order_id, number)", "This order has a version with this number already."
    )

    @api.depends("order_id.name", "number")
    def _compute_name(self):
        for version in self:
            version.name = f"{version.order_id.name or ''}-V{version.number}"

    @api.depends("snapshot", "sha256")
    def _compute_is_intact(self):
        for version in self:
            version.is_intact = get_hash(version.snapshot) == version.sha256

    def write(self, vals):
        if set(vals) - {"attachment_id"} or any(self.mapped("attachment_id")):
            raise AppendOnlyError(
                self.env._("A version of an order cannot be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AppendOnlyError(self.env._("Versions of orders cannot be deleted."))

    # === Document === #

    def action_open_document(self):
        """Open the PDF of this version, made from its data the first time.

        :return: action that downloads it
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._get_attachment().id}?download=true",
            "target": "new",
        }

    def _get_attachment(self):
        self.ensure_one()
        # sudo: layout of the company and the file, for whoever may read the version.
        version = self.sudo()
        if not version.attachment_id:
            report = self.env["ir.actions.report"].sudo()
            content, _kind = report._render_qweb_pdf(
                "sales_order_plus.action_report_order_version", self.ids
            )
            version.attachment_id = version.attachment_id.create(
                {
                    "name": f"{self.name}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        return version.attachment_id

    def action_compare(self):
        """Compare this version with the one before, or the order as it is now.

        :return: window action of the comparison
        """
        self.ensure_one()
        older = self.order_id.version_ids.filtered(lambda one: one.number < self.number)
        return self.env["sales.order.version.compare"]._open(
            self.order_id, older[:1] or self, self if older else self.browse()
        )
