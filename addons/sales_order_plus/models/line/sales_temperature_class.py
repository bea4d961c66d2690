from odoo import api, fields, models


class SalesTemperatureClass(models.Model):
    """How warm goods may get on their way: ambient, chilled, frozen."""

    _name = "sales.temperature.class"
    _description = "Temperature Class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Shown on slips.")
    code = fields.Char(required=True, help="Short name for RPC, such as chilled.")
    sequence = fields.Integer(
        default=10, help="From the mildest to the strictest requirement."
    )
    active = fields.Boolean(default=True, help="Archived classes cannot be chosen.")
    needs_equipment = fields.Boolean(
        default=True,
        help="Only carriers that name this class may take the goods. Without it any "
        "carrier may.",
    )
    has_limits = fields.Boolean(
        string="Limited",
        default=True,
        help="The goods have to stay between two limits.",
    )
    temp_min = fields.Float(
        string="From (°C)", digits=(5, 1), help="Coldest the goods may get."
    )
    temp_max = fields.Float(
        string="To (°C)", digits=(5, 1), help="Warmest the goods may get."
    )

    _code_uniq = models.UniqueIndex("(code)", "Code: another class has this code.")
    _limits_ordered = models.Constraint(
        "CHECK (NOT has_limits OR temp_min <= temp_max)",
        "To (°C): it must not be below From (°C).",
    )

    @api.model
    def _format_limits(self, low, high):
        return f"{low:g} – {high:g} °C"
