from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Customers whose orders share a limit."""

    _inherit = "res.partner"

    def _pass_one_by_one(self):
        """Make transactions about these partners pass one after the other.

        A lock alone would not do: the second transaction keeps its old snapshot and
        does not see what the first has done. Rewriting the row makes it fail instead,
        and Odoo runs it again, with a new snapshot.
        """
        if not self:
            return
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET write_date = write_date WHERE id IN "
                "(SELECT id FROM res_partner WHERE id IN %s "
                "ORDER BY id FOR NO KEY UPDATE) RETURNING id",
                self._ids,
            )
        )
