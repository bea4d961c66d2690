from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Fewer similar requests say nothing, and older ones little.
LEAST_SAMPLES = 5
MEMORY_DAYS = 365
# Share of approvals from which, and up to which, something is recommended.
CLEAR = 0.7
AGREED = ("approved", "conditional")
DECLINED = ("rejected", "changes_requested")


@dataclass(frozen=True)
class Advice:
    """What people decided on requests like this one.

    :param recommendation: approve, decline, mixed, or none with too few samples
    :param confidence: share of the samples that were decided like that, 0 to 1
    :param agreed: number of samples that were approved
    :param samples: number of similar requests
    :param same_customer: whether they are of the same customer
    """

    recommendation: str
    confidence: float
    agreed: int
    samples: int
    same_customer: bool = False


class SalesApprovalRequest(models.Model):
    """A recommendation from similar requests. It never decides anything."""

    _inherit = "sales.approval.request"

    advice = fields.Selection(
        selection=[
            ("approve", "Approve"),
            ("decline", "Decline"),
            ("mixed", "No clear picture"),
            ("none", "Not enough history"),
        ],
        string="Recommendation",
        compute="_compute_advice",
        help="What people decided on similar requests within a year.",
    )
    advice_text = fields.Text(
        string="Because",
        compute="_compute_advice",
        help="How many similar requests were approved, and in what they are similar.",
    )
    advice_data = fields.Json(
        compute="_compute_advice", help="The recommendation as data."
    )

    @api.depends("state", "policy_ids", "amount", "discount", "partner_id")
    def _compute_advice(self):
        similar = self.filtered(lambda one: one.state == "pending")._count_similar()
        for request in self:
            found = similar.get(request._origin.id)
            advice = found and request._get_advice(*found)
            request.advice = advice.recommendation if advice else False
            request.advice_text = advice and request._get_advice_text(advice)
            request.advice_data = advice and asdict(advice)

    def _get_advice(self, agreed, samples, same_customer):
        """Return the Advice on this request.

        :param int agreed: how many similar requests were approved
        :param int samples: how many there are
        :param bool same_customer: whether they are of the same customer
        """
        self.ensure_one()
        if provided := self._approval_advice_provider():
            return provided
        if samples < LEAST_SAMPLES:
            return Advice("none", 0.0, agreed, samples)
        share = round(agreed / samples, 2)
        if share >= CLEAR:
            return Advice("approve", share, agreed, samples, same_customer)
        if share <= 1 - CLEAR:
            return Advice("decline", 1 - share, agreed, samples, same_customer)
        return Advice("mixed", max(share, 1 - share), agreed, samples, same_customer)

    def _approval_advice_provider(self):
        """Return the Advice of another source, or nothing; for adapters."""
        return

    def _count_similar(self):
        """Return {request id: (approved, all, whether they are of the same customer)}.

        One query for all of them: the same as :meth:`_get_similar_domains` says.
        """
        self.flush_model()
        counts = {id_: {True: Counter(), False: Counter()} for id_ in self._origin.ids}
        # Past the access rules: the experience of all approvers counts, and only sums
        # are shown.
        for id_, same, state, count in self.env.execute_query(self._get_similar_sql()):
            for kind in {False, same}:
                counts[id_][kind][state] += count
        return {id_: self._pick_similar(own) for id_, own in counts.items()}

    @api.model
    def _pick_similar(self, counts):
        """Return those of the same customer where they are enough, else all."""
        same = counts[True].total() >= LEAST_SAMPLES
        found = counts[same]
        return sum(found[state] for state in AGREED), found.total(), same

    def _get_similar_sql(self):
        return SQL(
            """
            SELECT me.id,
                   customer.commercial_partner_id = own.commercial_partner_id,
                   other.state,
                   COUNT(*)
              FROM sales_approval_request me
              JOIN res_partner own ON own.id = me.partner_id
              JOIN sales_approval_request other
                ON other.company_id = me.company_id
               AND other.id != me.id
               AND other.auto_policy_id IS NULL
               AND other.amount BETWEEN me.amount / 2 AND me.amount * 2
               AND other.discount BETWEEN me.discount - 5 AND me.discount + 5
              JOIN res_partner customer ON customer.id = other.partner_id
             WHERE me.id IN %(ids)s
               AND other.state IN %(states)s
               AND other.decided_on >= %(since)s
               AND EXISTS (
                   SELECT FROM %(rel)s mine
                     JOIN %(rel)s theirs ON mine.%(policy)s = theirs.%(policy)s
                    WHERE mine.%(request)s = me.id AND theirs.%(request)s = other.id)
             GROUP BY 1, 2, 3
            """,
            ids=tuple(self._origin.ids) or (0,),
            states=(*AGREED, *DECLINED),
            since=self._get_memory_start(),
            rel=SQL.identifier(self._fields["policy_ids"].relation),
            request=SQL.identifier(self._fields["policy_ids"].column1),
            policy=SQL.identifier(self._fields["policy_ids"].column2),
        )

    @api.model
    def _get_memory_start(self):
        return fields.Datetime.now() - timedelta(days=MEMORY_DAYS)

    def _get_similar_domains(self):
        """Return (domain, same customer) of decided requests like this one.

        Asked by the same policies within a year, of half to twice the amount and a
        discount at most five points away; first those of the same customer.
        """
        self.ensure_one()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self._origin.id)
            & Domain("state", "in", (*AGREED, *DECLINED))
            & Domain("decided_on", ">=", self._get_memory_start())
            & Domain("auto_policy_id", "=", False)
            & Domain("policy_ids", "in", self.policy_ids.ids)
            & Domain("amount", ">=", self.amount / 2)
            & Domain("amount", "<=", self.amount * 2)
            & Domain("discount", ">=", self.discount - 5)
            & Domain("discount", "<=", self.discount + 5)
        )
        customer = self.sudo().partner_id.commercial_partner_id
        own = domain & Domain("partner_id.commercial_partner_id", "=", customer.id)
        return [(own, True), (domain, False)]

    def _get_advice_text(self, advice):
        self.ensure_one()
        if advice.recommendation == "none":
            return self.env._(
                "Not enough history: %s similar requests were decided within a year.",
                advice.samples,
            )
        who = self.env._(", the same customer") if advice.same_customer else ""
        return self.env._(
            "%(agreed)s of %(count)s similar requests were approved: same policies, half "
            "to twice the amount, a discount at most 5 points away%(who)s.",
            agreed=advice.agreed,
            count=advice.samples,
            who=who,
        )

    def action_view_similar(self):
        """Open the similar requests that you may read.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_approval_plus.sales_approval_request_action"
        )
        same_customer = self._count_similar()[self.id][2]
        (own, __), (others, __) = self._get_similar_domains()
        domain = own if same_customer else others
        action.update(domain=[*domain], context={}, path=False)
        action["name"] = self.env._("Similar Requests")
        return action

    # === With a vote === #

    def _get_requirement_refusal(self, voices, decision, reason, given):
        refusal = super()._get_requirement_refusal(voices, decision, reason, given)
        if refusal or decision != "approve" or reason or self.advice != "decline":
            return refusal
        return "against_advice", self.env._(
            "most requests like this one were declined: say why this one is different"
        )

    def _prepare_given_vals(self, decision, given):
        vals = super()._prepare_given_vals(decision, given)
        return {**vals, "advice": self.advice_data}


class SalesApprovalVote(models.Model):
    _inherit = "sales.approval.vote"

    advice = fields.Json(
        readonly=True, help="What was recommended when it was decided, as data."
    )
