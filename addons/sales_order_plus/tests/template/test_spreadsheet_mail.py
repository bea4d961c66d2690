from odoo.tests import Form, tagged

from .test_spreadsheet import SpreadsheetCommon


@tagged("post_install", "-at_install")
class TestSpreadsheetMail(SpreadsheetCommon):
    """One e-mail with the PDF and the workbook, where the template says so."""

    def _send(self, order):
        """Send the quotation as the salesperson does; return the attachments."""
        action = order.action_quotation_send()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.salesman)
            .with_context(**action["context"])
        ).save()
        before = order.message_ids
        composer.action_send_mail()
        return (order.message_ids - before).sudo().attachment_ids

    def test_pdf_and_workbook_together(self):
        template = self.env["sale.order.template"].create(
            {"name": "Test", "send_xlsx": True}
        )
        order = self._new_order((self.product, 3), sale_order_template_id=template.id)
        sent = self._send(order)
        workbook = sent.filtered(lambda found: found.name.endswith(".xlsx"))
        self.assertEqual(len(workbook), 1)
        self.assertTrue(sent - workbook, "the PDF is sent as ever")
        self.assertEqual(self._get_total(workbook.raw), order.amount_total)

    def test_only_where_wanted(self):
        order = self._new_order((self.product, 3), sale_order_template_id=False)
        names = self._send(order).mapped("name")
        self.assertTrue(names)
        self.assertFalse([name for name in names if name.endswith(".xlsx")])
