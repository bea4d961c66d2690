from odoo import api, fields, models
from odoo.tools import is_html_empty


class SaleOrder(models.Model):
    """Texts of the document: terms by customer, words before and after the lines."""

    _inherit = "sale.order"

    terms_template_id = fields.Many2one(
        "sales.terms.template",
        string="Terms",
        compute="_compute_terms_template_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        groups="base.group_user",
        help="Terms and conditions of the quotation; found by customer, type and country.",
        prefetch="sales_rare",
    )
    terms_version = fields.Char(
        compute="_compute_note",
        store=True,
        precompute=True,
        readonly=False,
        help="Which terms in which version the note holds; printed under them.",
    )
    intro_text = fields.Html(
        string="Introduction",
        compute="_compute_texts",
        store=True,
        readonly=False,
        precompute=True,
        help="Printed before the lines; from the quotation template.",
    )
    closing_text = fields.Html(
        string="Closing",
        compute="_compute_texts",
        store=True,
        readonly=False,
        precompute=True,
        help="Printed after the lines; from the quotation template.",
    )

    @api.depends("partner_id", "order_type_id")
    def _compute_terms_template_id(self):
        templates = self.env["sales.terms.template"]._get_all()
        # What was sent keeps its terms, whatever the customer becomes.
        drafts = self.filtered(lambda order: order.state in ("draft", False))
        for order in drafts if templates else ():
            # sudo: type and class are internal, the order may be a portal user's.
            order.terms_template_id = templates._find(order.sudo())

    @api.depends("terms_template_id")
    def _compute_note(self):
        """The text is copied: later changes of the terms leave the quotation alone."""
        super()._compute_note()
        for order in self:
            # sudo: portal users and integrations make orders too.
            template = order.sudo().terms_template_id
            if template:
                order.note = template._render(order)
                order.terms_version = template._get_label(order.partner_id.lang)
            else:
                order.terms_version = False

    @api.depends("sale_order_template_id", "partner_id")
    def _compute_texts(self):
        for order in self:
            lang = order.partner_id.lang or self.env.lang
            # sudo: portal users and integrations make orders too.
            template = order.sudo().sale_order_template_id.with_context(lang=lang)
            if not is_html_empty(template.intro_text):
                order.intro_text = template.intro_text
            if not is_html_empty(template.closing_text):
                order.closing_text = template.closing_text

    def action_refresh_terms(self):
        """Take the terms of today into quotations.

        :return: True
        :raise QuotationError: if one of them is no quotation any more
        """
        self._ensure_open(self.env._("change its terms"))
        self._compute_note()
        return True
