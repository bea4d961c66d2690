from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, fields, models
from odoo.tools import formatLang

from odoo.addons.sales_order_plus.models.seam.granted import granted

# Reason that the decision in progress names. A context variable of Python: no client
# can reach it.
_REASON_ID = ContextVar("sales_approval_reason_id", default=False)


def given_reason(reason):
    """Let votes inside the block name this category of reason."""
    return granted(_REASON_ID, reason.id)


class SalesApprovalVote(models.Model):
    """What was decided on: the values and the lines of that moment, and why."""

    _inherit = "sales.approval.vote"

    reason_id = fields.Many2one(
        "sales.approval.reason",
        string="Category",
        readonly=True,
        ondelete="restrict",
        help="Kind of reason.",
    )
    metrics = fields.Json(readonly=True, help="What was measured, by metric.")
    snapshot = fields.Json(readonly=True, help="The order as it was, as data.")
    fingerprint = fields.Char(
        readonly=True, help="SHA-256 of the order as it was when this was decided."
    )
    values_text = fields.Text(
        string="Values",
        compute="_compute_values_text",
        help="Amount, discount and other measured values when this was decided.",
    )
    snapshot_text = fields.Text(
        string="Order as It Was",
        compute="_compute_snapshot_text",
        help="Lines of the order when this was decided.",
    )

    @api.depends("metrics")
    def _compute_values_text(self):
        for vote in self:
            vote.values_text = vote.request_id._describe_metrics(vote.metrics)

    @api.depends("snapshot")
    def _compute_snapshot_text(self):
        for vote in self:
            lines = (vote.snapshot or {}).get("lines", ())
            vote.snapshot_text = "\n".join(map(vote._describe_line, lines)) or False

    def _describe_line(self, line):
        product_id, unit_id, quantity, price, discount = line[:5]
        # sudo: names of what was decided on.
        product = self.env["product.product"].sudo().browse(product_id).exists()
        unit = self.env["uom.uom"].sudo().browse(unit_id).exists()
        return self.env._(
            "%(quantity)s %(unit)s %(product)s × %(price)s − %(discount)s %%",
            quantity=formatLang(self.env, float(quantity)),
            unit=unit.name or "",
            product=product.display_name or "-",
            price=formatLang(self.env, float(price)),
            discount=formatLang(self.env, float(discount)),
        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.env["sales.approval.line"].browse(
            vals["line_id"] for vals in vals_list
        )
        moments = lines.request_id._prepare_rationale_vals()
        for line, vals in zip(lines, vals_list, strict=True):
            vals.update(moments[line.request_id.id])
        return super().create(vals_list)


class SalesApprovalRequest(models.Model):
    """Decisions name a category of reason and keep what they were about."""

    _inherit = "sales.approval.request"

    def _prepare_rationale_vals(self):
        """Return {request id: what a vote keeps of this moment}."""
        measured = {}
        for (_model, *names), requests in self.grouped(
            lambda r: r._get_watched()
        ).items():
            documents = requests._get_documents()
            metrics = documents._get_approval_metrics({*names})
            measured |= {
                one.id: metrics.get(one._get_document().id) for one in requests
            }
        return {
            request.id: request._prepare_moment_vals(measured[request.id])
            for request in self
        }

    def _get_watched(self):
        """Return the kind of document and what is measured of it."""
        names = {"amount", "discount", *(self.metrics or {})}
        return (self._get_document()._name, *sorted(names))

    def _prepare_moment_vals(self, metrics):
        document = self._get_document()
        snapshot = document._get_approval_snapshot()
        return {
            "reason_id": _REASON_ID.get(),
            "metrics": metrics,
            "snapshot": snapshot,
            "fingerprint": document._get_approval_fingerprint(snapshot),
        }

    def _describe_metrics(self, metrics):
        """Return measured values in words, a line each, or False."""
        # Flags and lists of ids are told by the policies that ask for them.
        numbers = {
            name: value
            for name, value in sorted((metrics or {}).items())
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        words = [self._describe_metric(*number) for number in numbers.items()]
        return "\n".join(words) or False

    def _describe_metric(self, name, value):
        """Return a measured number in words."""
        criteria = self.env["sales.approval.criterion"]
        labels = dict(criteria._fields["metric"]._description_selection(self.env))
        spec = criteria._get_metric_specs().get(name)
        money = self.currency_id if spec and spec.kind == "amount" else None
        text = formatLang(self.env, value, currency_obj=money)
        if spec and spec.kind == "percent":
            text = f"{text} %"
        return f"{labels.get(name, name)}: {text}"

    def action_reject(self, reason=None, category=None):
        """Reject these requests as the current user.

        :param str reason: why; shown to the salesperson
        :param str category: code of an approval reason, if one is named
        :return: True
        :raise VoteError: without a reason, or if you may not decide on one of them; none
            is rejected then
        :raise ApprovalError: if there is no such category for a rejection
        """
        with self._given_category(category, "reject"):
            return super().action_reject(reason)

    def action_request_change(self, reason=None, category=None):
        """Send these requests back to their salesperson, who changes and submits again.

        :param str reason: what is to be changed
        :param str category: code of an approval reason, if one is named
        :return: True
        :raise VoteError: without a reason, or if you may not decide on one of them;
            nothing is sent back then
        :raise ApprovalError: if there is no such category for a request for change
        """
        with self._given_category(category, "request_change"):
            return super().action_request_change(reason)

    @contextmanager
    def _given_category(self, category, decision):
        if not category:
            yield
            return
        reasons = self.env["sales.approval.reason"]
        with given_reason(reasons._get_by_code(category, decision)):
            yield

    def _prepare_behalf_data(self):
        own = self.vote_ids.filtered(lambda vote: vote.user_id == self.env.user)
        codes = ", ".join(own.reason_id.mapped("code"))
        category = {"category": codes} if codes else {}
        return {**super()._prepare_behalf_data(), **category}


class SaleOrder(models.Model):
    """The same from the order."""

    _inherit = "sale.order"

    def action_reject(self, reason=None, category=None):
        """Reject the open request of each order.

        :param str reason: why; shown to the salesperson
        :param str category: code of an approval reason, if one is named
        :return: True
        :raise VoteError: without a reason, or if you may not decide on it
        """
        requests = self.env["sales.approval.request"]
        with requests._given_category(category, "reject"):
            return super().action_reject(reason)

    def action_request_change(self, reason=None, category=None):
        """Send the open request of each order back to its salesperson.

        :param str reason: what is to be changed; the salesperson reads it
        :param str category: code of an approval reason, if one is named
        :return: True
        :raise VoteError: without a reason, or if you may not decide on it
        """
        requests = self.env["sales.approval.request"]
        with requests._given_category(category, "request_change"):
            return super().action_request_change(reason)


class SalesOrderApi(models.AbstractModel):
    """Decisions with a category over RPC."""

    _inherit = "sales.order.api"

    @api.model
    def reject_order(self, *, name: str, reason: str, category: str = ""):
        """Reject an order that waits for the calling user.

        :param str name: number of the order
        :param str reason: why; shown to the salesperson
        :param str category: code of an approval reason, such as ``discount``; optional
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide, or gives no reason
        :raise ApprovalError: if there is no such category
        """
        requests = self.env["sales.approval.request"]
        with requests._given_category(category, "reject"):
            return super().reject_order(name=name, reason=reason)

    @api.model
    def request_change(self, *, name: str, reason: str, category: str = ""):
        """Send an order that waits for the calling user back to its salesperson.

        :param str name: number of the order
        :param str reason: what is to be changed
        :param str category: code of an approval reason, such as ``missing``; optional
        :return: the request as in :meth:`list_approvals`
        :raise VoteError: if the caller may not decide, or gives no reason
        :raise ApprovalError: if there is no such category
        """
        requests = self.env["sales.approval.request"]
        with requests._given_category(category, "request_change"):
            return super().request_change(name=name, reason=reason)
