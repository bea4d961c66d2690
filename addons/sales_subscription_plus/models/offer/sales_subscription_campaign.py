from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...exceptions import CampaignError


class SalesSubscriptionCampaign(models.Model):
    """A special offer to some subscribers: each gets a code of his own, once."""

    _name = "sales.subscription.campaign"
    _description = "Offer to Subscribers"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, help="What colleagues call it.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Only subscriptions of this company.",
    )
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        domain="[('program_type', '=', 'coupons')]",
        ondelete="restrict",
        help="Program of coupons whose reward is for periods of subscriptions.",
    )
    domain = fields.Char(
        string="To",
        default="[('state', '=', 'active')]",
        help="Subscriptions whose customers get the offer.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        required=True,
        default=lambda self: self.env.ref(
            "sales_subscription_plus.mail_template_campaign", raise_if_not_found=False
        ),
        domain=[("model", "=", "sales.subscription.campaign.line")],
        ondelete="restrict",
        help="Sent in the language of the customer.",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("sending", "Sending"), ("done", "Sent")],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        help="It is sent in the background.",
    )
    line_ids = fields.One2many(
        "sales.subscription.campaign.line",
        "campaign_id",
        string="Recipients",
        readonly=True,
        help="Who gets it, and what became of it.",
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count", help="How many get it."
    )
    redeemed_count = fields.Integer(
        string="Redeemed", compute="_compute_redeemed_count", help="Codes redeemed."
    )

    @api.depends("domain", "company_id", "line_ids")
    def _compute_customer_count(self):
        for campaign in self:
            campaign.customer_count = len(campaign._get_recipients())

    @api.depends("line_ids.redeemed")
    def _compute_redeemed_count(self):
        for campaign in self:
            campaign.redeemed_count = len(campaign.line_ids.filtered("redeemed"))

    def _get_recipients(self):
        """Return one subscription of each customer who may get the offer.

        Customers who want no offers, or have no address, are left out.
        """
        self.ensure_one()
        subscriptions = self.env["sales.subscription"]
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            self._get_filter()
        )
        first = {}
        for one in subscriptions.search(domain, order="id"):
            first.setdefault(one.partner_id, one)
        refused = self._get_blacklisted(first)
        known = self.line_ids.partner_id
        return subscriptions.union(
            *(
                one
                for partner, one in first.items()
                if partner.email_normalized
                and partner.email_normalized not in refused
                and partner not in known
            )
        )

    def _get_filter(self):
        """Return the filter of subscriptions as a list.

        :raise ValidationError: if it is none
        """
        try:
            domain = literal_eval((self.domain or "").strip() or "[]")
            self.env["sales.subscription"]._search(domain, limit=1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._("To: %(text)s is no filter.", text=self.domain)
            ) from error
        return domain

    def _get_blacklisted(self, partners):
        # sudo: who sends offers need not see whom else nobody may write to.
        blacklist = self.env["mail.blacklist"].sudo()
        emails = [partner.email_normalized for partner in partners]
        return set(blacklist.search([("email", "in", emails)]).mapped("email"))

    def action_send(self):
        """Give each customer his code and write to him.

        :raise CampaignError: if the program has no reward for subscriptions
        """
        for campaign in self:
            campaign.check_access("write")
            rewards = campaign.program_id.reward_ids
            if not any(rewards.mapped("subscription_periods")):
                raise CampaignError(
                    self.env._(
                        "Program: no reward of %(program)s is for periods of a "
                        "subscription. Set For Periods of a Subscription on one.",
                        program=campaign.program_id.display_name,
                    )
                )
            campaign._add_lines()
            campaign.state = "sending"
        # sudo: only wakes the scheduler.
        self.env.ref("sales_subscription_plus.ir_cron_campaign").sudo()._trigger()

    def _add_lines(self):
        self.env["sales.subscription.campaign.line"].create(
            [
                {"campaign_id": self.id, "subscription_id": one.id}
                for one in self._get_recipients()
            ]
        )

    @api.model
    def _cron_campaign(self):
        """Write to those who have not got it yet; each once, whoever fails."""
        campaigns = self.search([("state", "=", "sending")])
        lines = campaigns.line_ids.filtered(lambda one: not one.sent_at)
        lines._remind_each()
        for campaign in campaigns:
            if all(campaign.line_ids.mapped("sent_at")):
                campaign.state = "done"


class SalesSubscriptionCampaignLine(models.Model):
    """One customer's part in an offer: his code and whether he redeemed it."""

    _name = "sales.subscription.campaign.line"
    _inherit = ["sales.reminded.mixin", "mail.thread"]
    _description = "Offer to a Subscriber"
    _order = "id"
    _rec_name = "partner_id"

    campaign_id = fields.Many2one(
        "sales.subscription.campaign",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Offer it belongs to.",
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, precompute=True
    )
    subscription_id = fields.Many2one(
        "sales.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Subscription it is meant for.",
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", store=True, precompute=True
    )
    card_id = fields.Many2one(
        "loyalty.card",
        string="Coupon",
        readonly=True,
        ondelete="restrict",
        help="His own code.",
    )
    sent_at = fields.Datetime(
        string="Sent", readonly=True, help="When it was sent; empty: not yet."
    )
    redeemed = fields.Boolean(
        compute="_compute_redeemed", store=True, help="He redeemed the code."
    )

    _customer_uniq = models.UniqueIndex(
        "(campaign_id, partner_id)", "This customer has the offer already."
    )

    @api.depends("card_id.points")
    def _compute_redeemed(self):
        for line in self:
            line.redeemed = bool(line.card_id) and not line.card_id.points

    def _remind(self):
        """Make the code and send it, unless somebody has done so."""
        self.ensure_one()
        if not self.try_lock_for_update() or self.sent_at:
            return
        program = self.campaign_id.program_id
        reward = program.reward_ids.filtered("subscription_periods")[:1]
        self.card_id = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.partner_id.id,
                "points": reward.required_points,
            }
        )
        self.sent_at = fields.Datetime.now()
        self.message_post_with_source(
            self.campaign_id.mail_template_id,
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
        )
