from odoo import api, fields, models

from ...exceptions import ValidationRuleError
from ..order.sales_order_document import DOCUMENT_KINDS


class SalesValidationRule(models.Model):
    """Parameters of single kinds and checks."""

    _inherit = "sales.validation.rule"

    url = fields.Char(
        string="Address of the Service",
        groups="sales_team.group_sale_manager",
        help="Gets the order as JSON by POST; answers with a list of findings.",
    )
    timeout = fields.Float(
        string="Time-out (s)",
        default=3.0,
        help="How long to wait, at most 10 seconds.",
    )
    fail_policy = fields.Selection(
        selection=[("open", "Let pass"), ("closed", "As the severity says")],
        string="No Answer",
        default="closed",
        required=True,
        help="What happens if the service does not answer in time.",
    )
    cache_minutes = fields.Integer(
        string="Answer Holds (min)",
        default=60,
        help="So long the service is not asked again about an unchanged order.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        help="Products the check is about, such as the surcharge it offers.",
    )
    document_kind = fields.Selection(
        selection=DOCUMENT_KINDS, help="Document the order must have."
    )
    document_kind_ids = fields.Many2many(
        "ir.model.fields.selection",
        "sales_validation_rule_document_kind_rel",
        string="Further Documents",
        domain=lambda self: self._domain_document_kind_ids(),
        help="Other documents the order must have too.",
    )
    required_documents = fields.Json(
        compute="_compute_required_documents",
        help="Kinds of all documents the order must have.",
    )

    _timeout_bounded = models.Constraint(
        "CHECK (timeout > 0 AND timeout <= 10)",
        "Time-out: give more than 0 and at most 10 seconds.",
    )

    @api.model
    def _domain_document_kind_ids(self):
        # sudo: fields are for administrators to read, the kinds are no secret.
        field = self.env["ir.model.fields"].sudo()._get("sales.order.document", "kind")
        return [("id", "in", field.selection_ids.ids)]

    @api.depends("document_kind", "document_kind_ids")
    def _compute_required_documents(self):
        for rule in self:
            # sudo: which kinds there are is for administrators to read.
            kinds = [rule.document_kind, *rule.sudo().document_kind_ids.mapped("value")]
            rule.required_documents = list(dict.fromkeys(filter(None, kinds)))

    @api.constrains("kind", "url")
    def _check_url(self):
        for rule in self.filtered(lambda one: one.kind == "webhook"):
            if not (rule.url or "").startswith(("https://", "http://")):
                raise ValidationRuleError(
                    self.env._(
                        "Address of the Service: “%(rule)s” needs an address that "
                        "begins with https://.",
                        rule=rule.name,
                    ),
                    field="url",
                )
