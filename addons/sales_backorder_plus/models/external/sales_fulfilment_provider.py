import secrets

from odoo import api, fields, models
from odoo.tools import consteq


class SalesFulfilmentProvider(models.Model):
    """A logistics provider who keeps a warehouse and ships for us; see docs/3pl.md."""

    _name = "sales.fulfilment.provider"
    _description = "Logistics Provider"
    _inherit = ["sales.endpoint.mixin", "sales.presence.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Such as Northern Logistics.")
    active = fields.Boolean(
        default=True, help="Archived providers are told nothing, and nothing of them."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Whose goods they are.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        help="The warehouse he keeps: its deliveries and receipts are told to him.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Acts As",
        required=True,
        default=lambda self: self.env.user,
        help="User of the warehouse in whose name his messages are carried out.",
    )
    inbound_token = fields.Char(
        string="His Token",
        copy=False,
        groups="base.group_system",
        default=lambda self: secrets.token_urlsafe(32),
        help="He sends it as bearer token with his messages to us.",
    )
    message_ids = fields.One2many(
        "sales.fulfilment.message",
        "provider_id",
        string="Messages",
        help="What he was told and what he told.",
    )
    failed_count = fields.Integer(
        string="Failed Messages",
        compute="_compute_failed_count",
        help="Messages of both directions that somebody has to look at.",
    )

    _warehouse_uniq = models.UniqueIndex(
        "(warehouse_id) WHERE active", "Another provider keeps this warehouse."
    )

    @api.depends("message_ids.state")
    def _compute_failed_count(self):
        groups = self.env["sales.fulfilment.message"]._read_group(
            [("provider_id", "in", self.ids), ("state", "=", "failed")],
            ["provider_id"],
            ["__count"],
        )
        counts = dict(groups)
        for provider in self:
            provider.failed_count = counts.get(provider, 0)

    def action_view_messages(self):
        """Open the messages of the provider, first those that failed.

        :return: window action
        """
        self.ensure_one()
        context = {"search_default_failed": 1} if self.failed_count else {}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.name),
            "res_model": "sales.fulfilment.message",
            "views": [(False, "list"), (False, "form")],
            "domain": [("provider_id", "=", self.id)],
            "context": context,
        }

    def _is_token(self, token):
        """Return whether ``token`` is what the provider has to send."""
        known = self.sudo().inbound_token
        return bool(known) and consteq(known.encode(), (token or "").encode())
