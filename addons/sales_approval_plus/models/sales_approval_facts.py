from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from .sales_approval_risk import LEVELS

# Rows of the table of prices; the lines themselves stand below it.
MOST_LINES = 20


class SalesApprovalRequest(models.Model):
    """What an approver wants to know beside the numbers that were asked about."""

    _inherit = "sales.approval.request"

    risk_score = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Points of the risk factors when it was submitted, from 0 to 100.",
    )
    risk_level = fields.Selection(
        selection=LEVELS, readonly=True, help="High from 70 points, medium from 40."
    )
    risk_reasons = fields.Text(
        readonly=True, help="The factors, with the points each adds."
    )
    facts = fields.Html(
        compute="_compute_facts",
        sanitize=False,
        help="Margin, credit, stock, prices and history of the order as they are now, "
        "and what changed since it was last submitted.",
    )

    @api.model
    def _prepare_measured_vals(self, records, standings):
        measured = super()._prepare_measured_vals(records, standings)
        breakdown = records._get_risk_breakdown()
        return {
            id_: {**vals, **records._prepare_risk_vals(breakdown.get(id_, []))}
            for id_, vals in measured.items()
        }

    @api.depends("sale_order_id")
    def _compute_facts(self):
        for request in self:
            # sudo: what he needs to decide, whatever else an approver may read.
            order = request.sudo().sale_order_id
            facts = {
                **order._prepare_approval_facts(),
                "changes": request._get_changes(),
            }
            if request.operation != "confirm":
                # Whether the order may be confirmed is not asked any more.
                facts["checks"] = []
            request.facts = self.env["ir.qweb"]._render(
                "sales_approval_plus.request_facts", facts
            )

    # === What changed === #

    def _get_changes(self):
        """Return what is different from the round before, one text a change."""
        self.ensure_one()
        before = self._get_round_before()
        if not before:
            return []
        old, new = (one.sudo().snapshot or {} for one in (before, self))
        if "lines" not in old or "lines" not in new:
            return []
        changes = [
            self.env._("Terms: %s", self._get_term_label(name))
            for name in old["terms"]
            if old["terms"][name] != new["terms"].get(name)
        ]
        gone, come = self._compare_lines(old["lines"], new["lines"])
        changes += [self.env._("Was: %s", self._format_line(line)) for line in gone]
        changes += [self.env._("Is: %s", self._format_line(line)) for line in come]
        return changes

    def _get_round_before(self):
        self.ensure_one()
        rounds = self.sudo().sale_order_id.approval_request_ids
        return rounds.filtered(lambda one: one.round_no < self.round_no).sorted(
            "round_no"
        )[-1:]

    @api.model
    def _get_term_label(self, name):
        names = {
            "company": "company_id",
            "currency": "currency_id",
            "customer": "partner_id",
            "invoice_to": "partner_invoice_id",
            "payment_term": "payment_term_id",
        }
        field = self.env["sale.order"]._fields[names.get(name, "partner_id")]
        return field._description_string(self.env)

    @api.model
    def _compare_lines(self, old, new):
        """Return the lines that are only in one of two snapshots."""
        gone, come = list(old), []
        for line in new:
            if line in gone:
                gone.remove(line)
            else:
                come.append(line)
        return gone, come

    @api.model
    def _format_line(self, line):
        product, unit, quantity, price, discount = line[:5]
        # sudo: names of what one is asked about.
        products = self.env["product.product"].sudo().browse(product)
        units = self.env["uom.uom"].sudo().browse(unit)
        return self.env._(
            "%(quantity)s %(unit)s %(product)s at %(price)s, discount %(discount)s%%",
            quantity=formatLang(self.env, float(quantity)),
            unit=units.name or "",
            product=products.exists().display_name or self.env._("without product"),
            price=formatLang(self.env, float(price)),
            discount=formatLang(self.env, float(discount)),
        )

    # === What forbids it === #

    def _get_stale_refusals(self):
        refusals = super()._get_stale_refusals()
        for operation, requests in self.grouped("operation").items():
            # sudo: what stands against it does not depend on who decides.
            documents = requests.sudo()._get_documents()
            obstacles = documents._get_approval_obstacles(operation)
            for request in requests.sudo():
                if texts := obstacles.get(request._get_document().id):
                    refusals.setdefault(request.id, request._get_blocked_refusal(texts))
        return refusals

    def _get_blocked_refusal(self, texts):
        return "blocked", self.env._(
            "it cannot be approved as long as something forbids it. Have it mended "
            "first: %s",
            "; ".join(texts),
        )


class SaleOrder(models.Model):
    """The facts, as texts."""

    _inherit = "sale.order"

    def _prepare_approval_facts(self):
        """Return the values of the template of facts, as texts."""
        self.ensure_one()
        names = {"margin", "overdue_amount", "overdue_days", "credit_excess"}
        metrics = self._get_approval_metrics(names)[self.id]
        currency = self.company_id.currency_id
        debtor = self.with_company(self.company_id)._get_debtor()
        return {
            "margin": formatLang(self.env, metrics["margin"]),
            "credit_limit": debtor.credit_limit
            and currency.format(debtor.credit_limit),
            "credit_excess": metrics["credit_excess"]
            and currency.format(metrics["credit_excess"]),
            "overdue": metrics["overdue_amount"]
            and currency.format(metrics["overdue_amount"]),
            "overdue_days": metrics["overdue_days"],
            "history": self._get_approval_history(),
            "shortages": self._get_shortage_rows(),
            "prices": self._get_price_rows(),
            "checks": self._get_check_rows(),
        }

    def _get_approval_history(self):
        """Return how many orders the customer has, and when the last one was."""
        self.ensure_one()
        ((count, last),) = self._read_group(
            [
                (
                    "partner_id.commercial_partner_id",
                    "=",
                    self.partner_id.commercial_partner_id.id,
                ),
                ("state", "=", "sale"),
                ("id", "!=", self.id),
            ],
            aggregates=["__count", "date_order:max"],
        )
        return {"count": count, "last": last and format_date(self.env, last)}

    def _get_shortage_rows(self):
        self.ensure_one()
        return [
            {
                "product": one["product"],
                "needed": f"{one['needed']:g}",
                "free": f"{one['free']:g}",
                "short": f"{one['short']:g}",
                "date": one["date"] and format_date(self.env, one["date"]),
            }
            for one in self._get_approval_shortages()[self.id]
        ]

    def _get_price_rows(self):
        """Return how each line stands against price list, competitors and cost."""
        self.ensure_one()
        order = self.with_company(self.company_id)
        lines = order._get_sold_lines()[:MOST_LINES]
        medians = lines._get_competitor_medians()
        return [order._prepare_price_row(line, medians) for line in lines]

    def _prepare_price_row(self, line, medians):
        book, sold = line._get_approval_values("pricelist_discount")
        median = medians.get(line.id)
        cost = line._get_cost()
        percent = [
            book and 100 * (sold - book) / book,
            median and 100 * (line._get_sold_unit() - median) / median,
            cost and self._get_margin_percent(self._convert_to_company(sold), cost),
        ]
        texts = [formatLang(self.env, one) if one else "" for one in percent]
        names = ("pricelist", "competitor", "margin")
        return {
            "name": line.product_id.display_name,
            **dict(zip(names, texts, strict=True)),
        }

    def _get_check_rows(self):
        """Return what the rules say against the order, with the severity."""
        self.ensure_one()
        rules = self.env["sales.validation.rule"]
        found = rules._get_findings(self, "confirm").get(self.id, ())
        return [{"text": one.message, "severity": one.severity} for one in found]

    def _get_approval_obstacles(self, operation):
        """Return {order id: what the rules forbid}: what else stops it may be mended."""
        found = self.env["sales.validation.rule"]._get_findings(self, operation)
        return {
            id_: [one.message for one in findings if one.severity == "block"]
            for id_, findings in found.items()
        }
