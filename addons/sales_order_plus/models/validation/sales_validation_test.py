import json
from contextlib import nullcontext
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...exceptions import ValidationRuleError
from .finding import displaying
from .sales_validation_rule import SEVERITIES

# What an example keeps of an order: what rules look at.
ORDER_FIELDS = (
    "carrier_id",
    "client_order_ref",
    "company_id",
    "order_type_id",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "pricelist_id",
    "user_id",
)
LINE_FIELDS = (
    "discount",
    "display_type",
    "name",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
)
RED_SUMMARY = "Examples of a validation rule fail"


class SalesValidationTest(models.Model):
    """An example of an order, and what a rule is expected to say about it.

    The order is made anew for every run and undone afterwards: what becomes of the
    order it was taken from changes nothing.
    """

    _name = "sales.validation.test"
    _description = "Example for a Validation Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        "sales.validation.rule",
        required=True,
        ondelete="cascade",
        index=True,
        help="The rule that is tried.",
    )
    company_id = fields.Many2one(related="rule_id.company_id")
    sequence = fields.Integer(default=10, help="Examples are tried in this order.")
    name = fields.Char(required=True, help="What the example shows.")
    order_id = fields.Many2one(
        "sale.order",
        string="Taken From",
        ondelete="set null",
        help="The example is what this order was like when it was chosen.",
    )
    values = fields.Text(
        help="The order as JSON, as create over RPC takes it. Filled from the order.",
    )
    expected = fields.Selection(
        selection=[("pass", "Passes"), *SEVERITIES],
        required=True,
        default="block",
        help="What the rule should say about it.",
    )
    state = fields.Selection(
        selection=[("new", "Not tried"), ("passed", "Right"), ("failed", "Wrong")],
        string="Result",
        readonly=True,
        default="new",
        copy=False,
        help="Whether the rule said what was expected, when it was tried last.",
    )
    message = fields.Text(
        readonly=True, copy=False, help="What the rule said, or what went wrong."
    )
    run_on = fields.Datetime(readonly=True, copy=False, help="When it was tried last.")

    @api.constrains("values", "order_id")
    def _check_values(self):
        for test in self:
            try:
                good = isinstance(json.loads(test.values or ""), dict)
            except ValueError:
                good = False
            if not good:
                raise ValidationRuleError(
                    self.env._(
                        "Values: “%(test)s” needs an order to be taken from, or the "
                        "values of one as a JSON object.",
                        test=test.name,
                    ),
                    field="values",
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("order_id") and not vals.get("values"):
                vals["values"] = self._take_over(vals["order_id"])
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("order_id") and "values" not in vals:
            vals = {**vals, "values": self._take_over(vals["order_id"])}
        return super().write(vals)

    @api.model
    def _take_over(self, order_id):
        """Return the order as JSON text."""
        order = self.env["sale.order"].browse(order_id)
        order.check_access("read")
        values = self._read_values(order, ORDER_FIELDS)
        values["order_line"] = [
            Command.create(self._read_values(line, LINE_FIELDS))
            for line in order.order_line
            if not line.is_downpayment
        ]
        return json.dumps(values, indent=1, default=str)

    @api.model
    def _read_values(self, record, names):
        return {
            name: record._fields[name].convert_to_write(record[name], record)
            for name in names
            if name in record._fields and record[name]
        }

    # === Trying === #

    def action_run(self):
        """Try the examples; nothing they do is kept but the result.

        :return: True
        """
        self.check_access("write")
        for test in self:
            got, message = test._try()
            test.write(
                {
                    "state": "passed" if got == test.expected else "failed",
                    "message": message or self.env._("It says nothing."),
                    "run_on": fields.Datetime.now(),
                }
            )
        return True

    def _try(self):
        """Return (what the rule said, in which words) about the order of the example."""
        self.ensure_one()
        savepoint = self.env.cr.savepoint()
        try:
            orders = self.env["sale.order"].with_context(tracking_disable=True)
            order = orders.create(json.loads(self.values))
            findings = self.rule_id._try_on(order).get(order, [])
            worst = max(findings, key=self._get_rank, default=None)
            return (
                worst.severity if worst else "pass",
                "\n".join(one.message for one in findings),
            )
        except (UserError, ValueError, KeyError) as error:
            return "error", self.env._("The order could not be made: %s", error)
        finally:
            savepoint.close(rollback=True)

    @api.model
    def _get_rank(self, finding):
        return [key for key, _label in SEVERITIES].index(finding.severity)

    # === Every night === #

    @api.model
    def _cron_run(self):
        """Try the examples of all active rules; tell owners of rules that fail."""
        tests = self.search([("rule_id.active", "=", True)])
        tests.action_run()
        for rule in tests.filtered(lambda test: test.state == "failed").rule_id:
            rule._tell_red()


class SalesValidationRule(models.Model):
    """Rules carry examples; one that fails them is not switched on."""

    _inherit = "sales.validation.rule"

    test_ids = fields.One2many(
        "sales.validation.test",
        "rule_id",
        string="Examples",
        copy=True,
        help="Orders the rule is tried on whenever it is switched on or changed.",
    )
    test_state = fields.Selection(
        selection=[("none", "None"), ("new", "Not tried"), ("passed", "Right")]
        + [("failed", "Wrong")],
        string="Results of Examples",
        compute="_compute_test_state",
        help="Whether the rule has examples, and whether it says the right thing.",
    )

    @api.depends("test_ids.state")
    def _compute_test_state(self):
        for rule in self:
            states = set(rule.test_ids.mapped("state"))
            found = [one for one in ("failed", "new", "passed") if one in states]
            rule.test_state = found[0] if found else "none"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._ensure_examples()
        return rules

    def write(self, vals):
        result = super().write(vals)
        # Also those of new examples: they come with the rule they are for.
        self._ensure_examples()
        return result

    def _ensure_examples(self):
        """Refuse active rules that say something else than their examples expect.

        :raise ValidationRuleError: names the examples
        """
        tests = self.filtered("active").test_ids
        tests.action_run()
        wrong = tests.filtered(lambda test: test.state == "failed")
        if wrong:
            raise ValidationRuleError(
                self.env._(
                    "Examples: the rule says something else than expected. Change the "
                    "rule or the example, or archive the rule meanwhile.\n%s",
                    "\n".join(f"{test.name}: {test.message or '-'}" for test in wrong),
                ),
                field="test_ids",
            )

    def action_run_tests(self):
        """Try the examples of these rules.

        :return: True
        """
        return self.test_ids.action_run()

    def _tell_red(self):
        self.ensure_one()
        if not self._has_activity(self.id, RED_SUMMARY):
            wrong = self.test_ids.filtered(lambda test: test.state == "failed")
            self._tell_owner(RED_SUMMARY, ", ".join(wrong.mapped("name")))

    def _try_on(self, orders):
        """Return {order: [RuleFinding]} of this rule, active or not; nothing is kept.

        Outside services are not called: what they said before counts. Who tries it is
        not the one the rule is for: that he is exempt says nothing.
        """
        self.ensure_one()
        rule = replace(self.sudo()._prepare_rule_data(), exempt_group_ids=frozenset())
        savepoint = self.env.cr.savepoint()
        try:
            with displaying() if rule.kind == "webhook" else nullcontext():
                run = self._run(rule, orders.sudo(), "confirm")
        finally:
            savepoint.close(rollback=True)
        findings = {}
        for order_id, finding in run.findings:
            findings.setdefault(orders.browse(order_id), []).append(finding)
        return findings
