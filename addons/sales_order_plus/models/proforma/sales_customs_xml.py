import re

from lxml import etree

from odoo import fields, models
from odoo.tools import file_open

from ...exceptions import CustomsError

SCHEMA = "sales_order_plus/data/proforma/customs_declaration.xsd"
# XML cannot hold them; they come from texts that were pasted.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAMESPACE = "urn:sales-order-plus:customs:1"


class SalesCustomsDeclaration(models.Model):
    """The declaration as a file for a broker and as a form for the post."""

    _inherit = "sales.customs.declaration"

    # === Seams of the papers === #

    def _get_export_order(self):
        return self.order_id

    def _get_export_pickings(self):
        return self.picking_id or self.order_id._get_export_pickings()

    def _get_export_consignee(self):
        return self.partner_id

    # === File === #

    def _get_xml(self):
        """Return the file, valid against the schema that comes with the addon.

        :raise CustomsError: with the schema's own words if it is not
        """
        self.ensure_one()
        root = self._build_xml()
        schema = self._get_schema()
        if not schema.validate(root):
            error = schema.error_log.last_error
            raise CustomsError(
                self.env._(
                    "%(name)s: the file does not fit the schema: %(error)s. "
                    "Correct the declaration.",
                    name=self.name,
                    error=error.message,
                )
            )
        return etree.tostring(
            root, xml_declaration=True, encoding="UTF-8", pretty_print=True
        )

    @staticmethod
    def _get_schema():
        with file_open(SCHEMA, "rb") as schema:
            return etree.XMLSchema(etree.parse(schema))

    def _build_xml(self):
        root = etree.Element(f"{{{NAMESPACE}}}declaration", nsmap={None: NAMESPACE})
        self._fill(root, self._prepare_payload())
        return root

    def _fill(self, parent, values):
        """Add a dictionary as elements; lists repeat the element, None is left out."""
        for key, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                if one in (None, False, ""):
                    continue
                element = etree.SubElement(parent, f"{{{NAMESPACE}}}{key}")
                if isinstance(one, dict):
                    self._fill(element, one)
                else:
                    element.text = CONTROL_CHARACTERS.sub(" ", str(one))

    def _prepare_payload(self):
        """Return the declaration as plain data; JSON and XML are made of it."""
        self.ensure_one()
        record = self.sudo()
        return {
            "number": record.name,
            "kind": record.kind,
            "date": fields.Date.to_string(record.order_id._get_proforma_today()),
            "purpose": record.purpose,
            "reason": record.reason,
            "exporter": record._prepare_party(
                record.company_id.partner_id, record.exporter_eori
            ),
            "consignee": record._prepare_party(
                record.partner_id, record.consignee_eori
            ),
            "incoterm": record.incoterm_id.code,
            "order": record.order_id.name,
            "delivery": record.picking_id.name,
            "currency": record.currency_id.name,
            "packages": record.package_count,
            "grossWeight": f"{record.gross_weight:.3f}",
            "netWeight": f"{record.net_weight:.3f}",
            "totalValue": record._format_value(record.total_value),
            "item": [record._prepare_item(line) for line in record.line_ids],
        }

    def _prepare_party(self, partner, eori):
        return {
            "name": partner.commercial_company_name or partner.name,
            "street": " ".join(filter(None, (partner.street, partner.street2))),
            "zip": partner.zip,
            "city": partner.city,
            "country": partner.country_id.code,
            "eori": eori,
            "phone": partner.phone,
        }

    def _prepare_item(self, line):
        return {
            "description": line.name,
            "hsCode": line.hs_code,
            "origin": line.origin_id.code,
            "quantity": f"{line.quantity:.3f}",
            "unit": line.uom_id.name,
            "netWeight": f"{line.net_weight:.3f}",
            "value": self._format_value(line.value),
        }

    def _format_value(self, value):
        return f"{value:.{self.currency_id.decimal_places}f}"

    # === Form === #

    def _get_trade_document_customs(self):
        """Return the form; an incomplete one is not printed.

        :raise CustomsError: names the products and fields
        """
        self._check_complete()
        record = self.sudo()
        return record._prepare_trade_document(
            record._get_form_title(),
            record.mrn or record.name,
            blocks=record._get_form_blocks(),
            columns=record._get_invoice_columns(),
            rows=[record._get_form_row(line) for line in record.line_ids],
            totals=record._get_form_totals(),
            notes=record._get_form_notes(),
        )

    def _get_form_title(self):
        titles = {
            "cn22": self.env._("Customs Declaration CN 22"),
            "cn23": self.env._("Customs Declaration CN 23"),
            "export": self.env._("Export Declaration"),
        }
        return titles[self.kind]

    def _get_form_blocks(self):
        order = self.order_id
        return [
            (self.env._("From"), self._get_address(self.company_id.partner_id)),
            (self.env._("To"), self._get_address(self.partner_id)),
            (self.env._("Exporter's EORI"), self.exporter_eori),
            (self.env._("Consignee's EORI"), self.consignee_eori),
            (self.env._("Category"), self._get_purpose_boxes()),
            (
                self.env._("Order"),
                " / ".join(filter(None, (order.name, self.picking_id.name))),
            ),
            (self.env._("Terms of Delivery"), self.incoterm_id.display_name),
            (self.env._("Reason"), self.reason),
        ]

    def _get_purpose_boxes(self):
        labels = self._fields["purpose"]._description_selection(self.env)
        return "\n".join(
            f"[{'X' if value == self.purpose else '  '}] {label}"
            for value, label in labels
        )

    def _get_form_row(self, line):
        return [
            line.name,
            line.hs_code,
            line.origin_id.name,
            self._format_quantity(line.quantity, line.uom_id),
            self._format_weight(line.net_weight),
            self._format_money(line.value, self.currency_id),
        ]

    def _get_form_totals(self):
        return [
            (self.env._("Packages"), str(self.package_count)),
            (self.env._("Net Weight"), self._format_weight(self.net_weight)),
            (self.env._("Gross Weight"), self._format_weight(self.gross_weight)),
            (
                self.env._("Total Value"),
                self._format_money(self.total_value, self.currency_id),
            ),
        ]

    def _get_form_notes(self):
        statement = self.env._(
            "I certify that the particulars given in this declaration are correct and "
            "that this item does not contain any dangerous article prohibited by "
            "legislation or by postal or customs regulations."
        )
        return [
            (self.env._("Declaration"), statement),
            (
                self.env._("Date and sender's signature"),
                "______________________________",
            ),
        ]
