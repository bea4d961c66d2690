from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column

GONE = ("duty_total", "tax_by_table")


def migrate(cr, version):
    """Take away our views that name fields which are gone, so that others load.

    The update creates them anew from their files.
    """
    cr.execute(
        SQL(
            """
            DELETE FROM ir_ui_view view
                  USING ir_model_data data
                  WHERE data.model = 'ir.ui.view'
                    AND data.res_id = view.id
                    AND data.module = 'sales_order_plus'
                    AND view.mode = 'extension'
                    AND view.arch_db::text ~ %s
                    AND NOT EXISTS (
                        SELECT FROM ir_ui_view child WHERE child.inherit_id = view.id
                    )
              RETURNING data.id
            """,
            "|".join(rf'name=\\"{name}\\"' for name in GONE),
        )
    )
    ids = tuple(id_ for (id_,) in cr.fetchall())
    if ids:
        cr.execute(SQL("DELETE FROM ir_model_data WHERE id IN %s", ids))
    # Kept for post-migrate, under a name that Odoo does not drop with the field.
    if column_exists(cr, "res_company", "tax_by_table"):
        rename_column(cr, "res_company", "tax_by_table", "old_tax_by_table")
