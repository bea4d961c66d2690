from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Companies that taxed by the table have a provider that does."""
    if not column_exists(cr, "res_company", "old_tax_by_table"):
        return
    cr.execute(SQL("SELECT id FROM res_company WHERE old_tax_by_table"))
    env = api.Environment(cr, SUPERUSER_ID, {})
    for company in env["res.company"].browse([id_ for (id_,) in cr.fetchall()]):
        company.tax_provider_id = env["sales.tax.provider"].create(
            {"name": "Taxes by Jurisdiction", "company_id": company.id, "kind": "table"}
        )
    cr.execute(SQL("ALTER TABLE res_company DROP COLUMN old_tax_by_table"))
