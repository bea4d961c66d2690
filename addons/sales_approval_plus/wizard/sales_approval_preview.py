from odoo import api, fields, models


class SalesApprovalPreview(models.TransientModel):
    """Show who would have to approve an order, before it is submitted."""

    _name = "sales.approval.preview"
    _description = "Who Will Approve"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, help="The order."
    )
    policy_text = fields.Text(
        string="Policies", readonly=True, help="Policies that hit, with the values."
    )
    problem = fields.Text(readonly=True, help="Why nobody may decide.")
    line_ids = fields.One2many(
        "sales.approval.preview.line",
        "preview_id",
        string="Steps",
        readonly=True,
        help="Who decides, level by level.",
    )

    @api.model
    def _create_for(self, order):
        """Return the filled dialog for an order."""
        (preview,) = order.action_preview_approval()
        return self.create(
            {
                "order_id": order.id,
                "policy_text": self._get_policy_text(preview),
                "problem": preview["problem"],
                "line_ids": [
                    fields.Command.create(
                        {
                            **{name: step[name] for name in ("level", "name", "why")},
                            "approvers": ", ".join(step["approvers"]),
                            "needed": step["needed"],
                            "remark": step["remark"],
                            "state": step["state"],
                        }
                    )
                    for step in preview["steps"]
                ],
            }
        )

    @api.model
    def _get_policy_text(self, preview):
        texts = []
        for policy in preview["policies"]:
            met = [one["text"] for one in policy["conditions"] if one["met"]]
            texts.append(": ".join(filter(None, [policy["name"], ", ".join(met)])))
        return "\n".join(texts) or self.env._("No policy asks for approval.")

    def action_submit(self):
        """Submit the order.

        :return: window action that closes the dialog
        :raise ApprovalError: if it needs no approval or waits already
        """
        self.ensure_one()
        self.order_id.action_submit_for_approval()
        return {"type": "ir.actions.act_window_close"}


class SalesApprovalPreviewLine(models.TransientModel):
    _name = "sales.approval.preview.line"
    _description = "Who Will Approve: Step"
    _order = "level, id"

    preview_id = fields.Many2one(
        "sales.approval.preview", required=True, ondelete="cascade", help="Dialog."
    )
    level = fields.Integer(readonly=True, help="Steps of one level decide together.")
    name = fields.Char(string="Approver", readonly=True, help="Who decides.")
    approvers = fields.Char(string="People", readonly=True, help="Who is found today.")
    needed = fields.Integer(
        string="Votes Needed", readonly=True, help="How many have to agree."
    )
    why = fields.Char(
        string="Why These", readonly=True, help="How the people were found."
    )
    state = fields.Selection(
        selection=lambda self: (
            self.env["sales.approval.line"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="Status",
        readonly=True,
        help="Whether the step would be asked, skipped or is agreed to already.",
    )
    remark = fields.Char(readonly=True, help="Why it would be skipped.")
