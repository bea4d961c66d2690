from odoo import fields, models


class SalesOrderChange(models.Model):
    """Another way to pay: who pays by card is sent the link, once it is so."""

    _inherit = "sales.order.change"

    def write(self, vals):
        if vals.get("state") == "applied":
            # Before it is final; if it is stopped, this is undone with it.
            self._tell_customer("payment_link")
        return super().write(vals)

    def _is_news_for_customer(self, news, told):
        if news != "payment_link":
            return super()._is_news_for_customer(news, told)
        self.ensure_one()
        method = self.line_ids.payment_method_line_id
        order = self.order_id
        left = self.currency_id.compare_amounts(order.amount_total, order.amount_paid)
        return bool(method.payment_provider_id and left > 0 and self.partner_id.email)

    def _get_payment_link(self):
        """Return the address at which the customer pays what is left of the order."""
        self.ensure_one()
        wizards = self.env["payment.link.wizard"].with_context(
            active_model="sale.order", active_id=self.order_id.id
        )
        # sudo: whoever applies the change need not make links.
        return wizards.sudo().create({}).link

    def _get_money_remarks(self, before, after):
        """Say what is issued already, and keeps its terms."""
        remarks = super()._get_money_remarks(before, after)
        if not {"payment_term", "payment_method"} & {*self.line_ids.mapped("kind")}:
            return remarks
        # sudo: invoices are not the salesperson's.
        issued = self.order_id.sudo().invoice_ids.filtered(
            lambda one: one.state == "posted" and one.payment_state != "paid"
        )
        if issued:
            names = ", ".join(issued.mapped("name"))
            remarks.append(
                self.env._("%s is issued already and stays as it is.", names)
            )
        return remarks


class SalesOrderChangeLine(models.Model):
    _inherit = "sales.order.change.line"

    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id)]",
        help="How the customer is going to pay; one of an online provider sends him "
        "the link.",
    )
    company_id = fields.Many2one(
        related="change_id.company_id", help="Company of the order."
    )

    def _check_payment_method(self):
        # sudo: journals are not the salesperson's.
        method = self.payment_method_line_id.sudo()
        if (
            method.payment_type != "inbound"
            or method.company_id != self.change_id.company_id
        ):
            self._refuse(
                "payment_method_line_id",
                "inbound",
                self.env._("choose one by which your company is paid"),
            )

    def _apply_line_payment_method(self):
        order, method = self.change_id.order_id, self.payment_method_line_id
        order.preferred_payment_method_line_id = method
        # sudo: invoices are not the salesperson's; what is issued stays.
        drafts = order.sudo().invoice_ids.filtered(lambda one: one.state == "draft")
        drafts.preferred_payment_method_line_id = method
