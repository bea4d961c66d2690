from odoo import api, fields, models

from ...exceptions import LineRuleError

HAZARD_CLASSES = [
    ("1", "1 Explosives"),
    ("2", "2 Gases"),
    ("2.1", "2.1 Flammable gases"),
    ("2.2", "2.2 Other compressed gases"),
    ("2.3", "2.3 Toxic gases"),
    ("3", "3 Flammable liquids"),
    ("4", "4 Flammable solids"),
    ("4.1", "4.1 Solids that burn easily"),
    ("4.2", "4.2 Liable to spontaneous combustion"),
    ("4.3", "4.3 Dangerous when wet"),
    ("5", "5 Oxidizers and organic peroxides"),
    ("5.1", "5.1 Oxidizers"),
    ("5.2", "5.2 Organic peroxides"),
    ("6", "6 Toxic and infectious"),
    ("6.1", "6.1 Toxic"),
    ("6.2", "6.2 Infectious"),
    ("7", "7 Radioactive"),
    ("8", "8 Corrosives"),
    ("9", "9 Miscellaneous"),
]


class ProductTemplate(models.Model):
    """What a carrier must know of the goods: danger and temperature."""

    _inherit = "product.template"

    is_hazardous = fields.Boolean(
        string="Hazardous",
        help="Dangerous goods: only carriers that take them are offered.",
    )
    un_number = fields.Char(
        string="UN Number",
        size=6,
        help="Four digits, such as 1263 or UN1263.",
        prefetch="sales_rare",
    )
    hazard_class = fields.Selection(
        selection=HAZARD_CLASSES,
        help="Class of danger in the UN model regulations.",
        prefetch="sales_rare",
    )
    packing_group = fields.Selection(
        selection=[("1", "I"), ("2", "II"), ("3", "III")],
        help="How dangerous within its class: I is the most.",
        prefetch="sales_rare",
    )
    hazmat_note = fields.Char(
        string="Handling of Danger",
        translate=True,
        help="What the packer and the driver have to mind; printed on the slip.",
        prefetch="sales_rare",
    )
    hazmat_label = fields.Char(
        string="Danger Label",
        compute="_compute_hazmat_label",
        help="As printed on delivery slips, such as UN1263 Class 3 PG II.",
    )
    temperature_class_id = fields.Many2one(
        "sales.temperature.class",
        string="Temperature",
        index="btree_not_null",
        help="How the goods have to be kept on their way; empty: no matter.",
    )
    temp_min = fields.Float(
        string="From (°C)",
        digits=(5, 1),
        compute="_compute_temperature_limits",
        store=True,
        readonly=False,
        help="Coldest the product may get; as its class says unless changed.",
        prefetch="sales_rare",
    )
    temp_max = fields.Float(
        string="To (°C)",
        digits=(5, 1),
        compute="_compute_temperature_limits",
        store=True,
        readonly=False,
        help="Warmest the product may get; as its class says unless changed.",
        prefetch="sales_rare",
    )

    @api.depends("is_hazardous", "un_number", "hazard_class", "packing_group")
    def _compute_hazmat_label(self):
        groups = dict(self._fields["packing_group"].selection)
        for product in self:
            parts = []
            if product.un_number:
                parts.append(f"UN{product.un_number}")
            if product.hazard_class:
                name = self.env._("Class %(number)s", number=product.hazard_class)
                parts.append(name)
            if product.packing_group:
                parts.append(f"PG {groups[product.packing_group]}")
            label = " ".join(parts) or self.env._("Dangerous goods")
            product.hazmat_label = label if product.is_hazardous else False

    @api.depends("temperature_class_id")
    def _compute_temperature_limits(self):
        for product in self:
            product.temp_min = product.temperature_class_id.temp_min
            product.temp_max = product.temperature_class_id.temp_max

    @api.constrains("temp_min", "temp_max")
    def _check_temperature_limits(self):
        for product in self:
            if product.temp_min > product.temp_max:
                raise LineRuleError(
                    self.env._(
                        "To (°C): %(product)s may not have a warmest temperature below "
                        "its coldest. Correct one of the two.",
                        product=product.display_name,
                    ),
                    field="temp_max",
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_un_number(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_un_number(vals))

    @api.model
    def _clean_un_number(self, vals):
        """Return ``vals`` with a UN number of four digits, however it was typed."""
        typed = vals.get("un_number")
        if not typed:
            return vals
        number = typed.strip().upper().removeprefix("UN").strip()
        if len(number) != 4 or not number.isdecimal():
            raise LineRuleError(
                self.env._(
                    "UN Number: “%(typed)s” is none. Give four digits, such as 1263.",
                    typed=typed,
                ),
                field="un_number",
            )
        return {**vals, "un_number": number}


class ProductProduct(models.Model):
    """Sets of products as cargo."""

    _inherit = "product.product"

    def _get_controlled_classes(self):
        """Return the temperature classes that not every carrier can keep."""
        return self.temperature_class_id.filtered("needs_equipment")

    def _get_temperature_range(self):
        """Return (coldest, warmest) that suits all these products, or None.

        The first may be above the second: then no temperature suits all.
        """
        limited = self.filtered(lambda p: p.temperature_class_id.has_limits)
        if not limited:
            return None
        return max(limited.mapped("temp_min")), min(limited.mapped("temp_max"))
