from contextvars import ContextVar
from typing import NamedTuple

from odoo import api, models

from odoo.addons.base.models import ir_actions_report

from ...models.seam.granted import granted
from ...models.seam.reading import same_groups

QUOTATION_REPORTS = frozenset(
    {"sale.report_saleorder", "sale.report_saleorder_pro_forma"}
)


class PrintJob(NamedTuple):
    """What is printed right now: on which paper, and the order we print ourselves."""

    paper: models.Model
    order: models.Model
    is_proforma: bool


# Not in the context, which comes from the client.
_job = ContextVar("quotation_print", default=None)


class IrActionsReport(models.Model):
    """Quotations on the paper of their template, and without a browser engine."""

    _inherit = "ir.actions.report"

    # === Which engine === #

    @api.model
    def _get_pdf_engine(self):
        """Return ``patched``, ``plain`` (no heads, feet, page numbers) or ``absent``."""
        info = ir_actions_report._wkhtml()
        if info.state in ("install", "broken"):
            return "absent"
        return "patched" if info.is_patched_qt else "plain"

    @api.model
    def _prints_itself(self, company):
        """Whether our own printer makes the quotations of ``company``."""
        choice = company.sudo().quotation_printer
        return choice == "own" or (
            choice != "browser" and self._get_pdf_engine() != "patched"
        )

    @api.model
    def get_own_prints(self):
        """Return the names of the reports that need no browser engine."""
        own = set(self._get_trade_reports())
        if self.env.company.quotation_printer != "browser":
            own |= QUOTATION_REPORTS
        return sorted(own)

    @api.model
    def get_wkhtmltopdf_state(self):
        job = _job.get()
        return "ok" if job and job.order else super().get_wkhtmltopdf_state()

    # === Printing === #

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        groups = self._get_print_groups(report, res_ids)
        if not groups:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for job, ids in groups.items():
            with granted(_job, job):
                streams |= super()._render_qweb_pdf_prepare_streams(
                    report_ref, data, res_ids=ids
                )
        return {id_: streams[id_] for id_ in res_ids if id_ in streams} or streams

    def _get_print_groups(self, report, res_ids):
        """Return {job: ids}; nothing if the report is printed as Odoo does."""
        if report.report_name not in QUOTATION_REPORTS or not res_ids:
            return {}
        groups = {}
        is_proforma = report.report_name.endswith("pro_forma")
        for order in self.env["sale.order"].browse(dict.fromkeys(res_ids)):
            own = self._prints_itself(order.company_id)
            # Ours are made one by one; the engine's by paper.
            job = PrintJob(
                order._get_paperformat(), order if own else order.browse(), is_proforma
            )
            groups.setdefault(job, []).append(order.id)
        special = any(job.paper or job.order for job in groups)
        return groups if special else {}

    def get_paperformat(self):
        job = _job.get()
        paper = job and job.paper.with_env(self.env)
        return paper or super().get_paperformat()

    def _render_qweb_html(self, report_ref, docids, data=None):
        job = _job.get()
        if job and job.order:
            return b"", "html"  # Our printer reads the order, not its page.
        with same_groups():
            return super()._render_qweb_html(report_ref, docids, data=data)

    def _prepare_html(self, html, report_model=False):
        job = _job.get()
        if job and job.order:
            return [], job.order.ids, "", "", {}
        return super()._prepare_html(html, report_model=report_model)

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        job = _job.get()
        if job and job.order:
            return job.order.with_env(self.env)._render_own_pdf(job.is_proforma)
        return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
