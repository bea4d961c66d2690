import base64

from odoo import api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from ...exceptions import DocumentError
from ..seam.sales_guard_mixin import Finding

DOCUMENT_KINDS = [
    ("po", "Purchase order"),
    ("specification", "Specification"),
    ("image", "Image"),
    ("contract", "Contract"),
    ("customs", "Customs paper"),
    ("licence", "Licence or permit"),
    ("other", "Other"),
]
MAX_UPLOAD = 25 * 1024 * 1024
UPLOAD_MIMETYPES = (
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.oasis.opendocument",
    "image/jpeg",
    "image/png",
    "text/plain",
    "text/csv",
)


class SalesOrderDocument(models.Model):
    """A paper that belongs to an order: who gave it, what it is, who may see it."""

    _name = "sales.order.document"
    _inherit = ["sales.presence.mixin"]
    _description = "Order Document"
    _order = "id desc"

    name = fields.Char(required=True, help="File name.")
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        index=True,
        ondelete="cascade",
        help="The order it belongs to.",
    )
    file = fields.Binary(attachment=True, required=True, help="The document itself.")
    kind = fields.Selection(
        selection=DOCUMENT_KINDS, required=True, default="other", help="What it is."
    )
    visibility = fields.Selection(
        selection=[("internal", "Us only"), ("both", "Us and the customer")],
        required=True,
        default="internal",
        help="Who may see and download it; the customer does so in the portal.",
    )
    uploaded_by = fields.Many2one(
        "res.partner",
        readonly=True,
        default=lambda self: self.env.user.partner_id,
        help="Who gave it to us.",
    )

    @api.model
    def _check_upload(self, name, content):
        """Refuse what a customer may not give us.

        :raise DocumentError: names the file, why it is refused, and what is taken
        """
        if not content:
            raise DocumentError(self.env._("%s: the file is empty.", name))
        if len(content) > MAX_UPLOAD:
            raise DocumentError(
                self.env._(
                    "%(name)s: the file is larger than %(limit)s MB. Send a smaller "
                    "one, or ask your salesperson.",
                    name=name,
                    limit=MAX_UPLOAD // 1024 // 1024,
                )
            )
        # What it is, not what it is called.
        if not guess_mimetype(content).startswith(UPLOAD_MIMETYPES):
            raise DocumentError(
                self.env._(
                    "%(name)s: files of this kind are not taken. Send a PDF, an "
                    "image, an office document or text.",
                    name=name,
                )
            )

    @api.model
    def _add_of_customer(self, order, name, content, partner):
        """Keep a file a customer gave us, as his purchase order."""
        self._check_upload(name, content)
        document = self.create(
            {
                "name": name,
                "order_id": order.id,
                "file": base64.b64encode(content),
                "kind": "po",
                "visibility": "both",
                "uploaded_by": partner.id,
            }
        )
        order.message_post(
            body=self.env._("%(who)s sent “%(name)s”.", who=partner.name, name=name)
        )
        return document


class SalesOrderType(models.Model):
    _inherit = "sales.order.type"

    required_document = fields.Selection(
        selection=DOCUMENT_KINDS,
        help="Orders of this type are not confirmed without such a document.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    document_ids = fields.One2many(
        "sales.order.document",
        "order_id",
        string="Documents",
        groups="base.group_user",
        help="Purchase order, specifications, contracts.",
    )
    document_count = fields.Integer(
        compute="_compute_document_count",
        groups="base.group_user",
        help="Number of documents of the order.",
    )

    @api.depends("document_ids")
    def _compute_document_count(self):
        documents = self.env["sales.order.document"]
        counts = {}
        if documents._has_records():
            groups = documents._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
            counts = {order.id: count for order, count in groups}
        for order in self:
            order.document_count = counts.get(order._origin.id, 0)

    def action_view_documents(self):
        """Open the documents of the order.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_order_plus.sales_order_document_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"default_order_id": self.id}
        return action

    def _get_guard_findings(self, operation, baseline=None):
        findings = super()._get_guard_findings(operation, baseline)
        if operation != "confirm":
            return findings
        # sudo: type and documents are internal, the customer may confirm.
        for order in self.sudo().filtered("order_type_id.required_document"):
            kind = order.order_type_id.required_document
            if kind not in order.document_ids.mapped("kind"):
                finding = order._prepare_document_finding(kind)
                own = [*findings.get(order.id, []), finding]
                findings = {**findings, order.id: own}
        return findings

    def _prepare_document_finding(self, kind):
        labels = dict(
            self.env["sales.order.document"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        message = self.env._(
            "Documents: orders of type %(type)s need a document of kind “%(kind)s”. "
            "Add it to the order.",
            type=self.order_type_id.name,
            kind=labels[kind],
        )
        return Finding("order.document_missing", message)
