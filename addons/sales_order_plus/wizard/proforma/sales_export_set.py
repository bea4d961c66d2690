import base64
import io
import zipfile

from odoo import api, fields, models

from ...exceptions import CustomsError

PAPERS = ("commercial_invoice", "packing_list")


class SalesExportSet(models.TransientModel):
    """All export papers of an order or a delivery in one file, in one language."""

    _name = "sales.export.set"
    _description = "Export Set"

    order_id = fields.Many2one(
        "sale.order", readonly=True, help="Papers of this order."
    )
    picking_id = fields.Many2one(
        "stock.picking", readonly=True, help="Papers of this delivery."
    )
    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        help="Language of the papers; empty: that of the consignee.",
    )
    customs = fields.Boolean(
        string="Customs Form",
        default=True,
        help="With the form of the validated customs declaration, if there is one.",
    )
    file = fields.Binary(readonly=True, attachment=False, help="The papers.")
    filename = fields.Char(readonly=True, help="Name of the file.")

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        names = {"sale.order": "order_id", "stock.picking": "picking_id"}
        name = names.get(self.env.context.get("active_model"))
        if name:
            values[name] = self.env.context.get("active_id")
        return values

    def action_create(self):
        """Print the papers into one file and offer it.

        :return: URL action of the download
        :raise CustomsError: if the order has no goods
        """
        self.ensure_one()
        source = self.picking_id or self.order_id
        self.write(self._prepare_file_vals(source))
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true"
            "&filename_field=filename",
        }

    def _prepare_file_vals(self, source):
        source.check_access("read")
        content = self._get_zip(source)
        name = source.name.replace("/", "-")
        return {"file": base64.b64encode(content), "filename": f"export-{name}.zip"}

    def _get_zip(self, source):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._get_papers(source):
                archive.writestr(name, content)
        return stream.getvalue()

    def _get_papers(self, source):
        """Return [(file name, PDF)]."""
        source = source.with_context(trade_lang=self.lang)
        if not source.sudo()._get_export_lines():
            raise CustomsError(
                self.env._("%s has no goods: there is nothing to print.", source.name)
            )
        number = source.name.replace("/", "-")
        papers = [
            (f"{kind}-{number}.pdf", source._get_trade_document(kind).to_pdf())
            for kind in PAPERS
        ]
        for declaration in self._get_declarations(source) if self.customs else ():
            paper = declaration.with_context(trade_lang=self.lang)._get_trade_document(
                "customs"
            )
            name = (declaration.name or "").replace("/", "-")
            papers.append((f"customs-{name}.pdf", paper.to_pdf()))
        return papers

    def _get_declarations(self, source):
        field = "picking_id" if source._name == "stock.picking" else "order_id"
        return self.env["sales.customs.declaration"].search(
            [(field, "=", source.id), ("state", "!=", "draft")]
        )
