from markupsafe import Markup

from odoo import api, models
from odoo.fields import Command

from ..grants import billing


class SalesSubscriptionPeriod(models.Model):
    """Services are invoiced without an order."""

    _inherit = "sales.subscription.period"

    @api.model
    def _invoice_at_once(self, lines_by_period):
        """Invoice what the periods sell, an invoice each; post it if the plan says so.

        :return: the invoices, in the order of the periods
        """
        periods = self.union(*lines_by_period)
        vals_list = [row._prepare_invoice_vals(lines_by_period[row]) for row in periods]
        # Analytic items come with posting; the note of creation is added below, at once.
        quiet = {"mail_create_nolog": True, "skip_analytic_sync": True}
        with billing():
            moves = self.env["account.move"].with_context(**quiet).create(vals_list)
        moves = moves.with_env(self.env)
        moves.filtered(lambda move: move.amount_total < 0).action_switch_move_type()
        moves._message_log_batch(
            bodies={
                move.id: row._get_creation_note(move)
                for row, move in zip(periods, moves, strict=True)
            }
        )
        to_post = periods.filtered("subscription_id.plan_id.auto_post").move_id
        if to_post:
            to_post.action_post()
        periods._log_billed()
        return moves

    def _get_creation_note(self, move):
        link = self.subscription_id._get_html_link(title=self.subscription_id.name)
        return Markup("%s %s") % (move._creation_message(), link)

    def _prepare_invoice_vals(self, lines):
        """Return the values of the invoice, as its order would have had them."""
        self.ensure_one()
        own = self.subscription_id
        section = self._prepare_section_vals()
        vals = {
            "move_type": "out_invoice",
            "company_id": own.company_id.id,
            "currency_id": own.currency_id.id,
            "partner_id": own.partner_invoice_id.id,
            "partner_shipping_id": own.partner_shipping_id.id,
            "invoice_date": own._get_today(),
            "invoice_origin": own.name,
            "ref": own.client_ref or own.name,
            "invoice_payment_term_id": own.payment_term_id.id,
            "invoice_user_id": own.user_id.id,
            "team_id": own.team_id.id,
        }
        if own.fiscal_position_id:
            vals["fiscal_position_id"] = own.fiscal_position_id.id
        items = [self._prepare_invoice_line_vals(line) for line in lines]
        commands = map(Command.create, (section, *self._add_journal_items(items)))
        return {**vals, "line_ids": list(commands)}

    def _prepare_invoice_line_vals(self, order_vals):
        """Return the values of an invoice line from those of an order line."""
        items = self.env["account.move.line"]
        product = self.env["product.product"].browse(order_vals["product_id"])
        name = items._get_journal_items_full_name(
            order_vals["name"], product.display_name
        )
        return {
            "display_type": "product",
            "sequence": order_vals["sequence"],
            "product_id": product.id,
            "product_uom_id": order_vals["product_uom_id"],
            "name": name,
            "quantity": order_vals["product_uom_qty"],
            "price_unit": order_vals["price_unit"],
            "discount": order_vals["discount"],
            "tax_ids": [Command.set(order_vals["tax_ids"])],
            # What order and invoice lines both say about the subscription.
            **{
                name: value
                for name, value in order_vals.items()
                if name.startswith("sales_") and name in items._fields
            },
            "sales_period_id": self.id,
        }
