import importlib.util
from pathlib import Path

from odoo.tests import tagged

from .common import ApprovalCommon

SCRIPT = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-migrate.py"


@tagged("post_install", "-at_install")
class TestMigration(ApprovalCommon):
    def test_limits_become_conditions(self):
        """A policy of the first version: from 500, or from 12 % off the price list."""
        spec = importlib.util.spec_from_file_location("sap_migration", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.policy.criterion_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE sales_approval_policy ADD COLUMN min_amount numeric,"
            " ADD COLUMN min_discount numeric, ADD COLUMN discount_basis varchar"
        )
        self.env.cr.execute(
            "UPDATE sales_approval_policy SET min_amount = 500, min_discount = 12,"
            " discount_basis = 'pricelist_discount' WHERE id = %s",
            [self.policy.id],
        )
        for _twice in range(2):
            script.migrate(self.env.cr, "19.0.1.1.0")
        self.policy.invalidate_recordset()
        self.assertRecordValues(
            self.policy.criterion_ids,
            [
                {"metric": "amount", "operator": "from", "value": 500},
                {"metric": "pricelist_discount", "operator": "from", "value": 12},
            ],
        )
