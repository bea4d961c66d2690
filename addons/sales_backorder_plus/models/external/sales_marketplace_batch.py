from odoo import fields, models


class SalesMarketplaceBatch(models.Model):
    """One change of a feed: the rows that became different."""

    _name = "sales.marketplace.batch"
    _description = "Change of a Marketplace Feed"
    _inherit = ["sales.outgoing.mixin"]
    _order = "id desc"
    _rec_name = "key"

    feed_id = fields.Many2one(
        "sales.marketplace.feed",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The feed.",
    )
    company_id = fields.Many2one(
        related="feed_id.company_id", store=True, index=True, help="Whose goods."
    )
    version = fields.Integer(readonly=True, help="Number of the change.")
    item_count = fields.Integer(
        string="Products", readonly=True, help="How many products changed."
    )

    _version_uniq = models.UniqueIndex(
        "(feed_id, version)", "There is a change with this number."
    )

    def _get_party(self):
        return self.feed_id

    def _get_queue_domain(self):
        """Feeds of the kind file are read, nobody is posted to."""
        return [
            *super()._get_queue_domain(),
            ("feed_id.kind", "!=", "file"),
            ("feed_id.active", "=", True),
        ]

    def action_try_again(self):
        """Hand over what failed, within a minute.

        :return: True
        """
        self.feed_id.check_access("write")
        # sudo: changes are nobody's to write, the feed is the manager's.
        self.sudo().filtered(lambda batch: batch.state == "failed").state = "queued"
        # sudo: who looks after feeds need not administrate crons.
        self.env.ref("sales_backorder_plus.ir_cron_marketplace").sudo()._trigger()
        return True
