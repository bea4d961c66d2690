from odoo import api, fields, models

from ..exceptions import ApprovalError


class SalesApprovalReason(models.Model):
    """Why something was not approved, in categories that can be counted."""

    _name = "sales.approval.reason"
    _description = "Approval Reason"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What is chosen from, such as Low margin."
    )
    code = fields.Char(
        required=True, help="Stable technical name for imports and programs."
    )
    sequence = fields.Integer(default=10, help="Order in which they are offered.")
    active = fields.Boolean(
        default=True, help="An archived reason is not offered; old decisions keep it."
    )
    applies_to = fields.Selection(
        selection=[
            ("any", "Rejection and request for change"),
            ("reject", "Rejection"),
            ("request_change", "Request for change"),
            ("override", "Emergency override"),
        ],
        required=True,
        default="any",
        help="Decisions for which it is offered.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Code: there is already a reason with this code."
    )

    @api.model
    def _get_by_code(self, code, decision):
        """Return the reason with ``code``, or none if there is no code.

        :raise ApprovalError: if there is no such reason for this decision
        """
        if not code:
            return self.browse()
        # sudo: what is offered does not depend on who asks.
        offered = self.sudo().search(self._get_offered_domain(decision))
        reason = offered.filtered(lambda one: one.code == code)
        if not reason:
            raise ApprovalError(
                self.env._(
                    "category: “%(code)s” is no reason for this. Use one of: %(codes)s.",
                    code=code,
                    codes=", ".join(offered.mapped("code")) or "-",
                )
            )
        return reason.with_env(self.env)

    @api.model
    def _get_offered_domain(self, decision):
        own = [decision] if decision == "override" else ["any", decision]
        return [("applies_to", "in", own)]
