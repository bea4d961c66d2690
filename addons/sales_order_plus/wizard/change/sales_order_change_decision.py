from odoo import fields, models


class SalesOrderChangeDecision(models.TransientModel):
    """What has to be said when a request is accepted, answered or refused."""

    _name = "sales.order.change.decision"
    _description = "Decide a Change Request"

    change_id = fields.Many2one(
        "sales.order.change",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        help="The request.",
    )
    decision = fields.Selection(
        selection=[
            ("accept", "Customer accepts"),
            ("answer", "Answer"),
            ("refuse", "Refuse"),
        ],
        required=True,
        default="refuse",
        help="What is recorded.",
    )
    accepted_by = fields.Char(help="Who accepted it on the customer's side.")
    text = fields.Text(
        required=True, help="Why, what came of it, or where the acceptance can be read."
    )

    def action_decide(self):
        """Record the decision.

        :return: action that closes the dialog
        """
        self.ensure_one()
        if self.decision == "accept":
            self.change_id.action_accept(
                accepted_by=self.accepted_by or "", evidence=self.text
            )
        elif self.decision == "answer":
            self.change_id.action_answer(outcome=self.text)
        else:
            self.change_id.action_refuse(reason=self.text)
        return {"type": "ir.actions.act_window_close"}
