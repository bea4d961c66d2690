from markupsafe import Markup

from odoo import api, models
from odoo.fields import Command

from ..grants import billing

# Nothing is left for Odoo to add to the lines; that they balance, it sees to.
WHOLE = {"skip_invoice_sync": True, "skip_invoice_line_sync": True}


class SalesSubscriptionPeriod(models.Model):
    """Services are invoiced without an order."""

    _inherit = "sales.subscription.period"

    @api.model
    def _invoice_at_once(self, lines_by_period):
        """Invoice what the periods sell, an invoice each; post it if the plan says so.

        :return: the invoices, in the order of the periods
        """
        periods = self.union(*lines_by_period)
        moves = periods._create_moves(
            {
                row: [row._prepare_invoice_line_vals(vals) for vals in lines]
                for row, lines in lines_by_period.items()
            }
        )
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

    def _create_moves(self, items_by_period):
        """Make the drafts: what is plain in one go, the rest as Odoo does it.

        :param dict items_by_period: {period: values of invoice lines}
        :return: the drafts, in the order of the periods
        """
        patterns = self._get_patterns()
        plain = self._get_plain(items_by_period)
        # Analytic items come with posting; the note of creation is added below, at once.
        quiet = {"mail_create_nolog": True, "skip_analytic_sync": True}
        made = {}
        for whole, rows in self.grouped(lambda row: row in plain).items():
            vals_list = [
                row._prepare_invoice_vals(items_by_period[row], patterns[row], whole)
                for row in rows
            ]
            context = {**quiet, **WHOLE} if whole else quiet
            with billing():
                moves = (
                    self.env["account.move"].with_context(**context).create(vals_list)
                )
            made.update(zip(rows, moves, strict=True))
        return self.env["account.move"].union(*(made[row] for row in self))

    def _get_patterns(self):
        """Return {period: an invoice as Odoo begins it}; those alike share one.

        It is not in the database, and asked for what Odoo finds out by itself.
        """
        patterns = {}
        alike = self.grouped(
            lambda row: (row.currency_id, row.subscription_id._get_today())
        )
        for (currency, day), rows in alike.items():
            pattern = self.env["account.move"].new(
                {
                    "move_type": "out_invoice",
                    "company_id": rows.company_id.id,
                    "currency_id": currency.id,
                    "invoice_date": day,
                }
            )
            patterns.update(dict.fromkeys(rows, pattern))
        return patterns

    def _get_creation_note(self, move):
        link = self.subscription_id._get_html_link(title=self.subscription_id.name)
        return Markup("%s %s") % (move._creation_message(), link)

    def _prepare_invoice_vals(self, items, pattern, whole=False):
        """Return the values of the invoice, as its order would have had them.

        :param list items: values of invoice lines
        :param pattern: an invoice as Odoo begins it
        :param bool whole: with the items Odoo would add to them
        """
        self.ensure_one()
        own = self.subscription_id
        section = self._prepare_section_vals()
        vals = {
            "move_type": "out_invoice",
            "company_id": own.company_id.id,
            "currency_id": own.currency_id.id,
            "partner_id": own.partner_invoice_id.id,
            "partner_shipping_id": own.partner_shipping_id.id,
            "invoice_date": pattern.invoice_date,
            "journal_id": pattern.journal_id.id,
            "invoice_origin": own.name,
            "ref": own.client_ref or own.name,
            "invoice_payment_term_id": own.payment_term_id.id,
            "invoice_user_id": own.user_id.id,
            "team_id": own.team_id.id,
            "fiscal_position_id": self._get_invoice_position().id,
        }
        if not own.payment_term_id:
            # Odoo would take today where the server is.
            vals["invoice_date_due"] = pattern.invoice_date
        if whole:
            items = self._prepare_journal_items(items, pattern)
        commands = map(Command.create, (section, *items))
        return {**vals, "line_ids": list(commands)}

    def _get_invoice_position(self):
        """Return the fiscal position agreed, else the one of who gets the invoice."""
        own = self.subscription_id
        return own.fiscal_position_id or own.fiscal_position_id._get_fiscal_position(
            own.partner_invoice_id, own.partner_shipping_id
        )

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
