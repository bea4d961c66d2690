import base64

from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    send_xlsx = fields.Boolean(
        string="Send Excel Too",
        help="Quotations of this template are mailed as PDF and as a workbook that "
        "goes on calculating.",
    )


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(
        self, res_ids, render_fields, render_results=None
    ):
        """Add the workbook to the mail of quotations whose template wants it."""
        results = super()._generate_template_attachments(
            res_ids, render_fields, render_results=render_results
        )
        if self.model == "sale.order" and "report_template_ids" in render_fields:
            for order in self.env["sale.order"].browse(res_ids):
                if order._should_send_spreadsheet():
                    attachments = results[order.id].setdefault("attachments", [])
                    attachments.append(order._prepare_spreadsheet_attachment())
        return results


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _should_send_spreadsheet(self):
        self.ensure_one()
        wanted = self.sale_order_template_id.send_xlsx
        return wanted and self.state in ("draft", "sent")

    def _prepare_spreadsheet_attachment(self):
        """Return name and content as mail templates give their reports."""
        content = base64.b64encode(self._render_spreadsheet())
        return self._get_spreadsheet_name(), content
