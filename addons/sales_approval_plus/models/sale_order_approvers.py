from odoo import models


class SaleOrder(models.Model):
    """The people an order names: leader, manager, users in its fields."""

    _inherit = "sale.order"

    def _get_approvers_named(self, step):
        # sudo: teams, employees and fields may be hidden from who submits.
        order = self.sudo()
        if step.approver_type == "team_leader":
            return order.team_id.user_id
        if step.approver_type == "manager":
            return order._get_manager_of_salesperson()
        if step.approver_type == "field":
            return order[step.sudo().field_id.name]
        return super()._get_approvers_named(step)

    def _get_manager_of_salesperson(self):
        """Return the manager of the employee, or the leader of his sales team."""
        self.ensure_one()
        salesperson = self.user_id
        if "employee_id" in salesperson._fields:
            employee = salesperson.with_company(self.company_id).employee_id
            if employee.parent_id.user_id:
                return employee.parent_id.user_id
        return salesperson.sale_team_id.user_id
