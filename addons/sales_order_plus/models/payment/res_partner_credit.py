from odoo import api, fields, models

KEY = "sales.presence.mixin"
HOLDS = "res.partner.credit_hold"


class SalesPresenceMixin(models.AbstractModel):
    """Tells too whether credit holds are decided by name."""

    _inherit = "sales.presence.mixin"

    @api.model
    def _get_pending_fields(self):
        return [*super()._get_pending_fields(), ("res.partner", ["credit_hold"])]


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_hold = fields.Selection(
        selection=[
            ("auto", "By limit and overdue items"),
            ("on", "Always hold"),
            ("off", "Never hold"),
        ],
        company_dependent=True,
        groups="account.group_account_invoice,sales_order_plus.group_credit_controller",
        help="Whether orders of this customer are held for credit; empty: by limit and "
        "overdue items.",
    )

    def init(self):
        super().init()
        self.env["sales.presence"]._watch(HOLDS, self._table, "credit_hold")

    @api.constrains("credit_hold")
    def _check_credit_hold(self):
        self.env[KEY]._forget_presence()

    @api.model
    def _has_credit_holds(self):
        """Return whether any customer is held, or never held, by name."""
        field = self._fields["credit_hold"]
        given = field.get_company_dependent_fallback(self)
        return bool(given) or HOLDS in self.env[KEY]._get_presence()

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "credit_hold"]
