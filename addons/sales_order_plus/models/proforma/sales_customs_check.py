from odoo import models

from ...exceptions import CustomsError

# The post takes a CN 22 up to this weight.
CN22_MAX_KG = 2.0


class SalesCustomsDeclaration(models.Model):
    """What a declaration has to tell, and where to enter what it lacks."""

    _inherit = "sales.customs.declaration"

    def _get_missing(self):
        """Return [{field, message, product}] of what the form still lacks.

        Each message names the field and where to enter it.
        """
        self.ensure_one()
        own = [*self._get_missing_of_form(), *self._get_missing_of_parties()]
        return [
            *({"field": field, "message": message} for field, message in own),
            *(one for line in self.line_ids for one in line._get_missing()),
        ]

    def _get_missing_of_form(self):
        """Yield (field, message) of the form itself."""
        if not self.line_ids:
            yield (
                "line_ids",
                self.env._("Goods: there are none. Add goods to the order."),
            )
        if self.gross_weight <= 0:
            yield "gross_weight", self.env._("Gross Weight: enter it here in kg.")
        elif self.gross_weight < self.net_weight:
            yield (
                "gross_weight",
                self.env._(
                    "Gross Weight: it is below the net weight of the goods. "
                    "Correct it here."
                ),
            )
        if self.kind == "cn22" and self.gross_weight > CN22_MAX_KG:
            yield (
                "kind",
                self.env._("Form: a CN 22 goes up to 2 kg. Choose CN 23 here."),
            )
        if self.purpose == "other" and not self.reason:
            yield "reason", self.env._("Reason: say in words what “Other” is.")
        if self.kind == "export":
            yield from self._get_missing_of_export()

    def _get_missing_of_export(self):
        if not self.exporter_eori:
            yield (
                "exporter_eori",
                self.env._(
                    "Exporter's EORI: missing. Enter it here, and for later under "
                    "Settings > Sales."
                ),
            )
        if not self.incoterm_id:
            yield (
                "incoterm_id",
                self.env._("Incoterm: missing. Enter it here or on the order."),
            )

    def _get_missing_of_parties(self):
        # sudo: a consignee may be a contact the warehouse does not read.
        partner, company = self.partner_id.sudo(), self.company_id.sudo().partner_id
        labels = partner.fields_get(["street", "city", "country_id"], ["string"])
        for name, label in labels.items():
            if not partner[name]:
                yield (
                    name,
                    self.env._(
                        "%(field)s: missing on consignee %(name)s. "
                        "Enter it on the contact.",
                        field=label["string"],
                        name=partner.display_name,
                    ),
                )
        if not company.country_id:
            yield (
                "country_id",
                self.env._(
                    "Country: missing on our company. Enter it under "
                    "Settings > Companies."
                ),
            )

    def _check_complete(self):
        for declaration in self:
            missing = declaration._get_missing()
            if missing:
                head = self.env._("%s is not complete:", declaration.name)
                lines = [head, *(one["message"] for one in missing)]
                raise CustomsError("\n".join(lines), missing=missing)
