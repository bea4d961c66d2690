from odoo import api, fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_filled_models = fields.Char(
        compute="_compute_sales_filled_models",
        groups="base.group_system",
        help="Technical: models with optional records that have any.",
    )

    def _compute_sales_filled_models(self):
        """One query for all; the transaction sees one snapshot, so it stays true."""
        mixin = ["sales.presence.mixin"]
        names = self.env.registry.descendants(mixin, "_inherit")
        names = [name for name in names if not self.env[name]._abstract]
        query = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s WHERE EXISTS (SELECT FROM %s WHERE %s)",
                name,
                SQL.identifier(self.env[name]._table),
                self.env[name]._get_presence_condition(),
            )
            for name in names
        )
        filled = [name for (name,) in self.env.execute_query(query)]
        self.sales_filled_models = ",".join(filled)


class SalesPresenceMixin(models.AbstractModel):
    """Records that most companies never have, such as territories.

    They are asked for with every order. Where there are none at all, it costs
    nothing to find out: the first question of a transaction answers all of them.
    """

    _name = "sales.presence.mixin"
    _description = "Optional Records"

    @api.model
    def _has_records(self):
        """Return whether the table holds any record, of whatever company."""
        # sudo: it tells nothing of the records but that there are some.
        return self._name in self.env.company.sudo().sales_filled_models.split(",")

    @api.model
    def _get_presence_condition(self):
        """Return which rows count, in SQL."""
        return SQL("TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_presence()
        return records

    @api.model
    def _forget_presence(self):
        self.env["res.company"].invalidate_model(["sales_filled_models"], flush=False)
