from odoo import api, fields, models


class SalesChannelQuotaMark(models.Model):
    """When stock was last reserved under a quota.

    Two who reserve at once from different places must not both count without the
    other: the second one collides in this row, and Odoo has it look again. It stands
    apart from the quota, which everybody keeps in the cache.
    """

    _name = "sales.channel.quota.mark"
    _description = "Last Reservation Under a Quota"
    _rec_name = "quota_id"

    quota_id = fields.Many2one(
        "sales.channel.quota",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The quota.",
    )
    company_id = fields.Many2one(
        related="quota_id.company_id", store=True, index=True, help="Company of it."
    )
    reserved_on = fields.Datetime(readonly=True, help="When it was.")

    _quota_uniq = models.UniqueIndex("(quota_id)", "A quota has one mark.")


class SalesChannelQuota(models.Model):
    _inherit = "sales.channel.quota"

    mark_ids = fields.One2many(
        "sales.channel.quota.mark",
        "quota_id",
        string="Last Reservation",
        readonly=True,
        help="When stock was last reserved under it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        quotas = super().create(vals_list)
        # sudo: marks are nobody's to make.
        self.env["sales.channel.quota.mark"].sudo().create(
            [{"quota_id": quota.id} for quota in quotas]
        )
        return quotas

    def _mark(self):
        """Note, as superuser, that stock was reserved just now."""
        self.mark_ids.reserved_on = fields.Datetime.now()
