import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from .sales_validation_rule import SEVERITIES

_logger = logging.getLogger(__name__)
KEEP_PARAMETER = "sales_order_plus.validation_log_days"


class SalesValidationLog(models.Model):
    """What rules said at a gate, also where the attempt was rolled back.

    The order is named by number and id without a foreign key: it may be gone, or
    was never written.
    """

    _name = "sales.validation.log"
    _description = "Validation Log"
    _order = "id desc"
    _log_access = False
    _rec_name = "order_name"

    date = fields.Datetime(
        required=True,
        readonly=True,
        index=True,
        default=fields.Datetime.now,
        help="When it was looked at.",
    )
    operation = fields.Char(readonly=True, help="The step, such as confirm.")
    outcome = fields.Selection(
        selection=[
            ("passed", "Passed"),
            ("refused", "Refused"),
            ("held", "On hold"),
            ("bypassed", "Bypassed"),
        ],
        required=True,
        readonly=True,
        help="What became of the step.",
    )
    order_id = fields.Many2oneReference(
        string="Order ID",
        model_field="model",
        readonly=True,
        index=True,
        help="Database id of the order.",
    )
    model = fields.Char(default="sale.order", readonly=True, help="Always orders.")
    order_name = fields.Char(string="Order", readonly=True, help="Number of the order.")
    amount = fields.Float(readonly=True, help="Total in company currency.")
    company_id = fields.Many2one("res.company", readonly=True, help="Of the order.")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Of the order."
    )
    salesperson_id = fields.Many2one("res.users", readonly=True, help="Of the order.")
    sales_channel_id = fields.Many2one(
        "sales.channel", string="Channel", readonly=True, help="Of the order."
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, help="Who tried the step."
    )
    rule_id = fields.Many2one(
        "sales.validation.rule",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The rule that spoke.",
    )
    code = fields.Char(readonly=True, help="Code of the rule.")
    severity = fields.Selection(selection=SEVERITIES, readonly=True, help="How strict.")
    message = fields.Text(readonly=True, help="What the rule said.")

    # === Writing === #

    @api.model
    def _log_refused(self, orders, operation, runs):
        """Keep what refused a step, by a connection that is not rolled back."""
        vals_list = self._prepare_logs(
            orders,
            operation,
            runs,
            lambda finding: "refused" if finding.stops else None,
        )
        stats = self.env["sales.validation.stat"]._prepare_stats(runs)
        if not (vals_list or stats):
            return
        try:
            with self.env.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env[self._name].create([env[self._name]._known(v) for v in vals_list])
                rules = env["sales.validation.rule"]
                env["sales.validation.stat"].create(
                    [x for x in stats if rules.browse(x["rule_id"]).exists()]
                )
        except Exception:
            # The refusal itself must reach the user.
            _logger.exception("Findings of a refused step were not logged")

    @api.model
    def _known(self, vals):
        """Return ``vals`` without links to records of the other transaction."""
        many2ones = {
            name: field.comodel_name
            for name, field in self._fields.items()
            if field.type == "many2one" and vals.get(name)
        }
        return {
            **vals,
            **{
                name: self.env[model].browse(vals[name]).exists().id
                for name, model in many2ones.items()
            },
        }

    @api.model
    def _log_passed(self, orders, operation, runs):
        vals_list = self._prepare_logs(
            orders,
            operation,
            runs,
            lambda finding: "bypassed" if finding.stops else "passed",
        )
        if vals_list:
            # sudo: nobody has create rights; whoever acts is logged.
            self.sudo().create(vals_list)
        stats = self.env["sales.validation.stat"]._prepare_stats(runs)
        self.env["sales.validation.stat"].sudo().create(stats)

    @api.model
    def _log_held(self, orders, operation, runs):
        vals_list = self._prepare_logs(
            orders,
            operation,
            runs,
            lambda finding: "held" if finding.stops else None,
        )
        if vals_list:
            # sudo: the customer acts.
            self.sudo().create(vals_list)

    @api.model
    def _prepare_logs(self, orders, operation, runs, get_outcome):
        by_id = {order.id: order for order in orders.sudo()}
        return [
            {**self._prepare_log_vals(by_id[order_id], operation, finding), **outcome}
            for run in runs
            for order_id, finding in run.findings
            if order_id in by_id
            for outcome in ({"outcome": get_outcome(finding)},)
            if outcome["outcome"]
        ]

    @api.model
    def _prepare_log_vals(self, order, operation, finding):
        return {
            "operation": operation,
            "order_id": order.id,
            "order_name": order.name,
            "amount": order.amount_total / (order.currency_rate or 1.0),
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "salesperson_id": order.user_id.id,
            "sales_channel_id": order.sales_channel_id.id,
            "user_id": self.env.uid,
            "rule_id": finding.rule_id,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
        }

    @api.autovacuum
    def _gc_old(self):
        """Delete what is older than the retention period."""
        # sudo: system parameters are not for users.
        days = int(
            self.env["ir.config_parameter"].sudo().get_param(KEEP_PARAMETER, 365)
        )
        since = fields.Datetime.now() - timedelta(days=days)
        self.sudo().search([("date", "<", since)], limit=10000).unlink()

    def action_open_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id,
            "view_mode": "form",
        }
