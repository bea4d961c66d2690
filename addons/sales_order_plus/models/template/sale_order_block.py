from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

POSITIONS = ("before", "after")


class SaleOrder(models.Model):
    """The blocks of the quotation template that concern this quotation."""

    _inherit = "sale.order"

    agreed_blocks = fields.Json(
        copy=False,
        groups="base.group_user",
        help="The blocks as they stood on the quotation when it was confirmed.",
        prefetch="sales_rare",
    )

    @api.model
    def _get_block_placeholders(self):
        """Return {placeholder: method that returns its text}; extend it to add one."""
        return {
            "amount_saved": self._get_block_amount_saved,
            "company": lambda: self.company_id.name,
            "contact": lambda: (self.contact_id or self.partner_id).name,
            "customer": lambda: self.partner_id.commercial_partner_id.name,
            "expiration": lambda: self._get_block_day(self.validity_date),
            "order": lambda: self.name,
            "reference": lambda: self.client_order_ref,
            "salesperson": lambda: self.user_id.name,
            "total": lambda: self._get_block_amount(self.amount_total),
            "untaxed": lambda: self._get_block_amount(self.amount_untaxed),
        }

    def _get_block_amount_saved(self):
        return self._get_block_amount(self.amount_undiscounted - self.amount_untaxed)

    def _get_block_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _get_block_day(self, day):
        return format_date(self.env, day) if day else ""

    def _get_template_blocks(self, position):
        """Return the texts of one position, in the language of the environment."""
        self.ensure_one()
        # sudo: templates and what conditions ask are internal, the text is not.
        order = self.sudo()
        if order.state == "sale":
            agreed = order.agreed_blocks or {}
            return [Markup(text) for text in agreed.get(position, [])]
        return order._render_template_blocks(position)

    def _render_template_blocks(self, position):
        blocks = self.sale_order_template_id.block_ids.filtered(
            lambda block: block.position == position and block._is_shown_on(self)
        )
        if not blocks:
            return []
        getters = self._get_block_placeholders()
        values = {name: get() or "" for name, get in getters.items()}
        texts = [block._render(values) for block in blocks]
        return [text for text in texts if text]

    def _action_confirm(self):
        """Keep the texts the customer agreed to, whatever the template becomes."""
        for order in self.sudo().filtered("sale_order_template_id.block_ids"):
            order.agreed_blocks = order._get_agreed_blocks()
        return super()._action_confirm()

    def _get_agreed_blocks(self):
        order = self.with_context(lang=self._get_document_lang() or self.env.lang)
        return {
            position: [str(text) for text in order._render_template_blocks(position)]
            for position in POSITIONS
        }
