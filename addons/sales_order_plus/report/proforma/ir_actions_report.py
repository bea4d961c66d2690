import io

from odoo import api, models


class IrActionsReport(models.Model):
    """Documents that are printed by our own printer instead of the browser engine.

    It writes text as text in every script, numbers the pages and repeats the
    table's header whatever build of the browser engine is installed. The page
    of the same report shows the same content.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _get_trade_reports(self):
        """Return {report name: kind of document}; extended by whoever adds one."""
        return {
            "sales_order_plus.report_proforma": "proforma",
            "sales_order_plus.report_commercial_invoice_order": "commercial_invoice",
            "sales_order_plus.report_commercial_invoice_proforma": "commercial_invoice",
            "sales_order_plus.report_commercial_invoice_picking": "commercial_invoice",
            "sales_order_plus.report_packing_list_order": "packing_list",
            "sales_order_plus.report_packing_list_picking": "packing_list",
            "sales_order_plus.report_customs_declaration": "customs",
            "sales_order_plus.report_signature": "evidence",
        }

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        report = self._get_report(report_ref)
        kind = self._get_trade_reports().get(report.report_name)
        if not kind or not res_ids:
            return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        records = self.env[report.model].browse(ids)
        streams = {
            record.id: {
                "stream": io.BytesIO(record._get_trade_document(kind).to_pdf()),
                "attachment": None,
            }
            for record in records
        }
        return streams, "pdf"
