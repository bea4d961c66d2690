from odoo import api, models
from odoo.fields import Domain

from ..exceptions import VoteError

ACTIVITY = "sales_approval_plus.mail_activity_type_approval"
# What a vote that does not agree makes of the request.
REFUSALS = {"reject": "rejected", "request_change": "changes_requested"}


class SalesApprovalRequest(models.Model):
    """Who may vote, and what a vote does."""

    _inherit = "sales.approval.request"

    # === Who may vote === #

    @api.depends("state", "line_ids.state", "line_ids.approver_ids", "vote_ids")
    @api.depends_context("uid")
    def _compute_can_vote(self):
        # Asked once for the whole list, not once a request.
        delegations = self._get_delegations(self.env.user)
        for request in self:
            request.can_vote = not request._get_vote_refusal(delegations)

    @api.model
    def _search_can_vote(self, operator, values):
        if operator != "in":
            return NotImplemented
        domain = self._get_votable_domain()
        return domain if True in values else ~domain

    @api.model
    def _get_votable_domain(self):
        """Return the domain of what :meth:`_get_vote_refusal` does not refuse.

        The few that ask the user are looked for first, and whose they are is asked of
        them alone: what it costs does not grow with the orders of the company.
        """
        # sudo: what waits for somebody does not depend on what else he may read.
        asking = self.sudo()._search(self._get_asking_domain())
        ids = tuple(asking)
        return Domain("id", "in", ids) & self._get_document_domain(
            self._get_not_his_own_domain(ids)
        )

    @api.model
    def _get_asking_domain(self):
        """Return the domain of what asks the user, his own among it."""
        uid = self.env.uid
        current = self._get_delegations(self.env.user)
        asked = Domain("state", "=", "open") & (
            Domain("approver_ids", "in", [uid]) | current._get_line_domain()
        )
        own = Domain("user_id", "=", uid) | Domain("on_behalf_of_id", "=", uid)
        reused = Domain("reused_from_id.vote_ids", "any!", own)
        return (
            Domain("state", "=", "pending")
            & Domain("line_ids", "any!", asked)
            & ~Domain("vote_ids", "any!", own)
            & ~Domain("line_ids", "any!", reused)
            & Domain("requester_id", "!=", uid)
        )

    @api.model
    def _get_not_his_own_domain(self, ids):
        """Return the domain of orders, of those of the requests ``ids``, of others."""
        uid = self.env.uid
        # sudo: as above.
        orders = self.sudo()._search([("id", "in", ids)]).subselect("sale_order_id")
        lines = self.env["sale.order.line"].sudo()
        edited = lines._search([("order_id", "in", orders), ("write_uid", "=", uid)])
        return (
            Domain("user_id", "!=", uid)
            & Domain("create_uid", "!=", uid)
            & Domain("id", "not in", edited.subselect("order_id"))
        )

    @api.model
    def _get_document_domain(self, order_domain):
        """Return the domain of requests whose document is nobody's own."""
        return Domain("sale_order_id", "any!", order_domain)

    @api.model
    def _get_delegations(self, user):
        """Return those in which ``user`` stands in for somebody at this moment."""
        return self.env["sales.approval.delegation"]._get_current(delegates=user)

    def _get_vote_refusal(self, delegations=None):
        """Return (reason in a word, text) why the user may not vote, or False.

        The superuser and administrators get no other answer than anybody.

        :param delegations: the user's, if the caller has them already
        """
        self.ensure_one()
        # sudo: the answer must not depend on what the user may read.
        request, user = self.sudo(), self.env.user
        if request.state != "pending":
            state = dict(self._fields["state"]._description_selection(self.env))
            return "closed", self.env._(
                "it is %s already", state[request.state].lower()
            )
        if user in request._get_excluded_voters():
            return "own", self.env._(
                "nobody approves his own order: you submitted, created or changed it, or "
                "you are its salesperson"
            )
        if user in request._get_voters():
            return "voted", self.env._(
                "you, or your delegate, have voted on it already"
            )
        voices = request._get_voices(user, delegations)
        if not voices or not user._filter_approvers():
            return "not_asked", self.env._(
                "you are not among those it waits for (%s)", request._get_deciders()
            )
        return False

    def _get_excluded_voters(self):
        """Return who may not decide, whoever asks him or stands in for him."""
        self.ensure_one()
        return self.requester_id | self._get_document()._get_interested_users()

    def _get_voices(self, user, delegations=None):
        """Return {open step that asks ``user``: the absent approver he decides for}.

        An empty user stands for deciding in his own name.

        :param delegations: the user's, if the caller has them already
        """
        self.ensure_one()
        if delegations is None:
            delegations = self._get_delegations(user)
        voices = {}
        for line in self.line_ids.filtered(lambda line: line.state == "open"):
            absent = user.browse()
            if user not in line.approver_ids:
                absent = line._get_represented(delegations)
            if absent or user in line.approver_ids:
                voices[line] = absent
        return voices

    def _get_lines_asking_me(self):
        """Return the open steps of these requests that ask the current user."""
        lines = self.env["sales.approval.line"]
        return lines.union(
            *(line for one in self for line in one._get_voices(self.env.user))
        )

    def _check_can_vote(self):
        """Refuse who may not vote, and keep the attempt in the audit.

        :raise VoteError: says why
        """
        delegations = self._get_delegations(self.env.user)
        for request in self:
            if refusal := request._get_vote_refusal(delegations):
                request._refuse_vote(*refusal)

    def _get_refusals(self, decision, reason, given):
        """Return {request id: (reason in a word, text)} of what stands against a vote.

        :param str decision: approve, reject or request_change
        :param dict given: what else comes with it, see :meth:`action_approve`
        """
        delegations = self._get_delegations(self.env.user)
        stale = self._get_stale_refusals() if decision == "approve" else {}
        refusals = {
            request.id: request._get_vote_refusal(delegations)
            or stale.get(request.id)
            or request._get_requirement_refusal(
                request._get_voices(self.env.user, delegations), decision, reason, given
            )
            for request in self
        }
        return {id_: refusal for id_, refusal in refusals.items() if refusal}

    def _get_stale_refusals(self):
        """Return {request id: refusal} of those whose order got worse since."""
        refusals = {}
        for operation, requests in self.grouped("operation").items():
            documents = requests._get_documents()
            standings = documents._get_approval_standings(operation)
            for request in requests:
                standing = standings.get(request._get_document().id)
                if standing and standing.state != "pending":
                    refusals[request.id] = request._get_stale_refusal()
        return refusals

    def _get_stale_refusal(self):
        return "stale", self.env._(
            "the order is worse now than what was submitted. %s can submit it again",
            self.requester_id.name,
        )

    def _get_requirement_refusal(self, voices, decision, reason, given):
        """Return what the decision lacks, as a refusal, or False.

        :param dict voices: the steps that are voted on, see :meth:`_get_voices`
        """
        self.ensure_one()
        if decision != "approve" and not reason:
            return "no_reason", self.env._("it needs a reason: say what is wrong")
        return False

    def _note_refusal(self, reason, text):
        """Keep in the audit that a vote was refused, and return why as a sentence."""
        document = self.sudo()._get_document()
        self.env["sales.audit.event"]._log_refused(
            document,
            "vote.refused",
            {document.id: {"request": self.id, "reason": reason}},
        )
        return self.env._(
            "%(request)s: your vote does not count, %(why)s.",
            request=self.display_name,
            why=text,
        )

    def _refuse_vote(self, reason, text):
        raise VoteError(self._note_refusal(reason, text), reason)

    # === Vote === #

    def action_open_approval(self):
        """Approve, or open the dialog where a step wants a comment or a signature.

        :return: as :meth:`action_approve`, or the window action of the dialog
        """
        if len(self) == 1 and self._get_lines_asking_me().filtered(
            lambda line: line.comment_required or line.signature_required
        ):
            return self._action_ask_reason("approve")
        return self.action_approve()

    def action_open_conditions(self):
        """Open the dialog of an approval on conditions.

        :return: window action
        """
        self.ensure_one()
        return self._action_ask_reason("condition")

    def action_open_rejection(self):
        """Open the dialog that asks why these requests are rejected.

        :return: window action
        """
        return self._action_ask_reason()

    def action_open_change_request(self):
        """Open the dialog that asks what is to be changed.

        :return: window action
        """
        return self._action_ask_reason("request_change")

    def action_approve(
        self,
        comment=None,
        *,
        signature=None,
        signed_name=None,
        conditions=None,
        rating=None,
    ):
        """Approve these requests as the current user.

        :param str comment: shown in the history; needed where a step says so
        :param str signature: image in base64, where a step wants one
        :param str signed_name: name under the signature; by default your own
        :param list conditions: what must hold before the order is confirmed, as
            dictionaries with ``kind`` and ``value`` (percent or price in the currency
            of the order), ``product_id``, ``payment_term_id`` or ``text``
        :param int rating: how well the request was prepared, from 1 to 5
        :return: True, or for several requests a notification that counts what was
            approved and says why the others were not
        :raise VoteError: for one request, if you may not decide on it
        """
        if len(self) > 1:
            return self._decide_many("approve", comment)._get_notification()
        self._vote(
            "approve",
            comment,
            signature=signature,
            signed_name=signed_name,
            conditions=conditions,
            rating=rating,
        )
        return True

    def action_reject(self, reason=None):
        """Reject these requests as the current user.

        :param str reason: why; shown to the salesperson
        :return: True
        :raise VoteError: without a reason, or if you may not decide on one of them; none
            is rejected then
        """
        for request in self:
            request._vote("reject", reason)
        return True

    def action_request_change(self, reason=None):
        """Send these requests back to their salesperson, who changes and submits again.

        :param str reason: what is to be changed
        :return: True
        :raise VoteError: without a reason, or if you may not decide on one of them;
            nothing is sent back then
        """
        for request in self:
            request._vote("request_change", reason)
        return True

    def _action_ask_reason(self, decision="reject"):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_approval_plus.sales_approval_decision_action"
        )
        names = {
            "approve": self.env._("Approve"),
            "condition": self.env._("Approve on Conditions"),
            "request_change": self.env._("Request a Change"),
        }
        action["name"] = names.get(decision, action["name"])
        action["context"] = {
            "default_request_ids": self.ids,
            "default_decision": decision,
        }
        return action

    def _vote(self, decision, reason=None, **given):
        """Cast the vote of the current user on all open steps that ask him.

        :param given: what else comes with it, see :meth:`action_approve`
        :raise VoteError: if he may not decide like this on one of the requests
        """
        self.check_access("read")
        # sudo: nobody may write requests or votes; who may vote is checked below.
        requests, reason = self.sudo(), (reason or "").strip()
        requests._lock()
        refusals = requests._get_refusals(decision, reason, given)
        for request in requests.filtered(lambda one: one.id in refusals):
            request._refuse_vote(*refusals[request.id])
        requests._cast(decision, reason, given)

    def _cast(self, decision, reason, given):
        """Add the votes, as superuser and after all checks, and do what they lead to."""
        delegations = self._get_delegations(self.env.user)
        origin = self._prepare_origin_vals()
        self.env["sales.approval.vote"].create(
            [
                {
                    "line_id": line.id,
                    "decision": decision,
                    "reason": reason or False,
                    "on_behalf_of_id": absent.id,
                    **origin,
                    **request._prepare_given_vals(decision, given),
                }
                for request in self
                for line, absent in request._get_voices(
                    self.env.user, delegations
                ).items()
            ]
        )
        self._add_conditions(given.get("conditions"))
        for request in self:
            request.vote_count += 1
        self._after_vote(decision, reason, given.get("batch"))

    def _after_vote(self, decision, reason, batch=None):
        self._finish_activities(decision, reason)
        self._log_votes(decision, reason, batch)
        if decision in REFUSALS:
            self._end(REFUSALS[decision], reason)
            self._tell_decided()
            return
        self.line_ids.filtered(lambda line: line._is_complete()).write(
            {"state": "done"}
        )
        self._open_next_level()

    def _log_votes(self, decision, reason, batch):
        details = [
            (
                request._get_document(),
                {
                    "request": request.id,
                    "decision": decision,
                    "reason": reason or None,
                    **request._prepare_behalf_data(),
                    **({"batch": batch} if batch else {}),
                },
            )
            for request in self
        ]
        self.env["sales.audit.event"]._log_each("vote.cast", details)

    def _prepare_behalf_data(self):
        own = self.vote_ids.filtered(lambda vote: vote.user_id == self.env.user)
        absent = own.on_behalf_of_id
        return {"on_behalf_of": ", ".join(absent.mapped("name"))} if absent else {}
