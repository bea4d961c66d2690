from odoo import api, fields, models

from ..seam.sales_guard_mixin import Finding

WAIVERS = [
    ("none", "Charged"),
    ("wanted", "To Be Decided"),
    ("waived", "Waived"),
]


class SalesFeeMixin(models.AbstractModel):
    """Requests that cost a fee: sales managers waive it, salespeople ask them to.

    For documents on ``sales.order.request.mixin``.
    """

    _name = "sales.fee.mixin"
    _description = "Request With a Fee"

    fee_waiver = fields.Selection(
        selection=WAIVERS,
        string="Fee",
        required=True,
        readonly=True,
        default="none",
        copy=False,
        help="Whether the restocking fee is charged. To Be Decided: it waits until a "
        "sales manager has said so.",
    )
    fee_waiver_note = fields.Char(
        string="Why It Is Waived", readonly=True, copy=False, help="Reason of it."
    )
    fee_waived_by_id = fields.Many2one(
        "res.users",
        string="Fee Decided by",
        readonly=True,
        copy=False,
        help="The sales manager who decided on the fee.",
    )

    # === Hooks === #

    @api.model
    def _get_fee_states(self):
        """Return the states in which somebody may decide on the fee."""
        raise NotImplementedError

    def _after_fee_decision(self):
        """Compute anew what follows from the fee."""

    # === Buttons === #

    def action_waive_fee(self, *, reason: str):
        """Charge no restocking fee; without the right, ask a sales manager for it.

        :param str reason: why; kept with the request
        :return: True
        :raise CancellationError: if it is too late, or there is no reason
        """
        reason = (reason or "").strip()
        manager = self.env.user.has_group("sales_team.group_sale_manager")
        for one in self:
            one._ensure_state(*one._get_fee_states())
            one._ensure_waiver_reason(reason)
            one._write_own(
                {
                    "fee_waiver": "waived" if manager else "wanted",
                    "fee_waiver_note": reason,
                    "fee_waived_by_id": manager and self.env.uid,
                }
            )
            if manager:
                one._log_fee("fee_waived", reason=reason)
            one._after_fee_decision()
        return True

    def action_charge_fee(self):
        """Charge the restocking fee after all.

        :return: True
        """
        for one in self:
            one._ensure_state(*one._get_fee_states())
            one._write_own({"fee_waiver": "none", "fee_waived_by_id": self.env.uid})
            one._after_fee_decision()
        return True

    def _ensure_waiver_reason(self, reason):
        if not reason:
            raise self._request_error(
                self.env._("Reason: say why the fee is waived."),
                field="reason",
                rule="required",
            )

    def _log_fee(self, what, **data):
        code = f"{self._request_code}.{what}"
        self._log_event(code, order=self.order_id.name, **data)

    # === Gate === #

    def _add_fee_findings(self, findings):
        """Hold what waits for a decision on its fee.

        :param dict findings: {record id: [Finding]}
        :return: the findings with ours
        """
        for one in self.filtered(lambda one: one.fee_waiver == "wanted"):
            text = self.env._(
                "A sales manager has to say whether the restocking fee is waived "
                "(Waive Fee, or Charge Fee): %s",
                one.fee_waiver_note,
            )
            wanted = Finding("fee_waiver", text, "hold")
            findings = {**findings, one.id: [*findings.get(one.id, []), wanted]}
        return findings
