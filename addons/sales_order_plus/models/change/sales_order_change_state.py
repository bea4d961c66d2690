from odoo import fields, models

from ...exceptions import ChangeError, ChangeStaleError
from ..seam.hashing import get_hash
from .sales_order_change import OPEN


class SalesOrderChange(models.Model):
    """How a request goes its way: submitted, accepted, applied or not."""

    _inherit = "sales.order.change"

    # === Public: each asks for the right to write the order === #

    def action_preview(self):
        """Try the change, undo it, and keep what it would bring about.

        :return: True
        :raise ChangeError: whatever stands against applying it
        """
        for change in self:
            change._ensure_state("draft", *OPEN)
            change._ensure_current()
            promised = change.state in OPEN and change.amount_delta
            change._store_impact()
            if promised is not False:
                change._ensure_promised(promised)
        return True

    def _ensure_promised(self, promised):
        """Refuse another price than the one that was submitted, perhaps accepted."""
        if self.currency_id.compare_amounts(self.amount_delta, promised):
            field = self._fields["amount_delta"]._description_string(self.env)
            pair = {"old": f"{promised:g}", "new": f"{self.amount_delta:g}"}
            raise self._get_stale_error([{"where": "", "field": field, **pair}])

    def action_submit(self):
        """Submit drafts: the impact is kept, and whoever has to decide is asked.

        :return: True
        :raise ChangeError: if the request is incomplete, or cannot be applied
        :raise ChangeStaleError: if the order has changed since the draft was made
        """
        for change in self:
            change._ensure_state("draft")
            change._ensure_reason()
            change._ensure_current()
            change.line_ids._refresh_texts()
            change._store_impact()
            change._write_own(change._prepare_submit_vals())
            change._log_event(
                "change.submitted",
                order=change.order_id.name,
                changes=change.summary,
                difference=change.amount_delta,
            )
            origin = "portal" if change.channel == "portal" else "user"
            change._guard_submit("change", origin)
            change._apply_by_itself()
        return True

    def action_accept(self, *, accepted_by: str, evidence: str):
        """Record that the customer accepts what the change costs him.

        :param str accepted_by: name of the person at the customer
        :param str evidence: where it can be read, such as the subject of his e-mail
        :return: True
        :raise ChangeError: if nobody waits for it, or one of both is missing
        """
        for change in self:
            change._ensure_state("acceptance")
            if not (accepted_by or "").strip() or not (evidence or "").strip():
                raise ChangeError(
                    self.env._(
                        "Accepted by, Evidence: say who accepted it, and where that can "
                        "be read."
                    ),
                    field="accepted_by" if evidence else "evidence",
                    rule="required",
                )
            change._write_own(
                {
                    "state": "submitted",
                    "accepted_by": accepted_by.strip(),
                    "acceptance_note": evidence.strip(),
                    "accepted_on": fields.Datetime.now(),
                }
            )
            change._log_event("change.accepted", by=accepted_by, evidence=evidence)
            change._apply_by_itself()
        return True

    def action_apply(self):
        """Apply submitted requests, each as a whole.

        :return: True
        :raise ChangeStaleError: if the order is not what the request was made for
        :raise GuardError: if a rule or an approval stands against it
        :raise ChangeError: whatever stands against applying it
        """
        for change in self:
            change._ensure_state("submitted")
            change._ensure_current()
            change._release_limits()
            change._lock_order()
            change._apply()
        return True

    def action_refuse(self, *, reason: str):
        """Refuse submitted requests; the order stays as it is.

        :param str reason: why; kept with the request
        :return: True
        """
        return self._decide("refused", (*OPEN, "stale"), reason)

    def action_withdraw(self, *, reason: str = ""):
        """Withdraw requests that are not decided.

        :param str reason: why; kept with the request
        :return: True
        """
        states = ("draft", *OPEN, "stale")
        return self._decide("withdrawn", states, reason or self.env._("Withdrawn"))

    def action_revise(self):
        """Take requests back to draft, for the order as it is now.

        :return: True
        """
        for change in self:
            change._ensure_state("draft", "stale", *OPEN)
            change._write_own(
                {
                    **change._prepare_base_vals(),
                    "state": "draft",
                    "conflicts": False,
                    "impact": False,
                    "impact_on": False,
                    "amount_delta": 0,
                    "accepted_by": False,
                    "accepted_on": False,
                    "acceptance_note": False,
                    "released_by_id": False,
                }
            )
            change.line_ids._refresh_texts()
        return True

    # === How === #

    def _ensure_turn(self, states):
        if self.state == "stale" and self.state not in states:
            raise self._get_stale_error(self.conflicts or [])
        return super()._ensure_turn(states)

    def _prepare_submit_vals(self):
        # sudo: a setting of the company.
        asks = self.company_id.sudo().sales_change_acceptance
        dearer = self.currency_id.compare_amounts(self.amount_delta, 0) > 0
        return {
            "state": "acceptance" if asks and dearer else "submitted",
            "requested_by_id": self.env.uid,
            "requested_on": fields.Datetime.now(),
            "conflicts": False,
        }

    def _apply(self):
        """Change the order and keep what came of it; others become out of date."""
        self.ensure_one()
        order = self.order_id
        order._ensure_base_version()
        known = order.sudo().picking_ids.ids
        self._apply_lines()
        result = order._get_change_figures(known)
        self._check_as_shown(result)
        self._write_own(
            {**self._prepare_decided_vals(), "state": "applied", "result": result}
        )
        self._log_event(
            "change.applied", order=order.name, changes=self.summary, reason=self.reason
        )
        order._add_version("change", self)
        self._tell_about_invoices()
        order._mark_changes_stale()

    def _check_as_shown(self, result):
        """Refuse to keep what costs, or lacks, more than was shown."""
        shown, found = self.impact["after"], []
        compare = self.currency_id.compare_amounts
        if compare(shown["totals"]["total"], result["totals"]["total"]):
            found.append(
                {
                    "where": "",
                    "field": self.env._("Total"),
                    "old": self.currency_id.format(shown["totals"]["total"]),
                    "new": self.currency_id.format(result["totals"]["total"]),
                }
            )
        pairs = zip(shown["lines"], result["lines"], strict=False)
        found += [
            {
                "where": new["product"],
                "field": self.env._("Short"),
                "old": f"{old['short']:g}",
                "new": f"{new['short']:g}",
            }
            for old, new in pairs
            if new["short"] > old["short"]
        ]
        if found:
            raise self._get_stale_error(found)

    def _tell_about_invoices(self):
        """Ask the salesperson to see to what is invoiced too much by now."""
        was = self.impact["before"]["invoicing"]["to_credit"]
        credit = self.result["invoicing"]["to_credit"]
        if credit > was:
            self.order_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Credit %s", self.currency_id.format(credit)),
                note=self.env._("%s changed what is invoiced already.", self.name),
                user_id=self.order_id.user_id.id or self.env.uid,
            )

    # === Out of date === #

    def _get_conflicts(self):
        """Return why the order is not what the request was made for."""
        self.ensure_one()
        now = self.order_id._get_change_terms()
        if get_hash(now) == self.base_fingerprint:
            return []
        return self.order_id._get_terms_conflicts(self.base_terms, now)

    def _ensure_current(self):
        """Refuse to go on with an order that is another one by now."""
        conflicts = self._get_conflicts()
        if not conflicts:
            return
        if self.state in OPEN:
            self._keep_stale()
        raise self._get_stale_error(conflicts)

    def _keep_stale(self):
        """Say so in a transaction of its own: the refusal undoes this one."""
        with self.env.registry.cursor() as cr:
            # Not where this very transaction has written it: nobody waits for himself.
            change = self.with_env(self.env(cr=cr)).try_lock_for_update()
            if change.exists().state in OPEN:
                change._mark_stale()

    def _mark_stale(self):
        for change in self:
            conflicts = change._get_conflicts()
            change._write_own({"state": "stale", "conflicts": conflicts})
            change._log_event(
                "change.stale", order=change.order_id.name, conflicts=len(conflicts)
            )

    def _get_stale_error(self, conflicts):
        lines = [
            f"{one['where']} {one['field']}: {one['old']} → {one['new']}"
            for one in conflicts
        ]
        return ChangeStaleError(
            self.env._(
                "%(order)s has changed since %(name)s was made:\n%(conflicts)s\n"
                "Review the request, look at its impact and submit it again.",
                order=self.order_id.name,
                name=self.name,
                conflicts="\n".join(lines),
            ),
            field="base_fingerprint",
            rule="stale",
            conflicts=conflicts,
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _mark_changes_stale(self):
        """Requests made for the order as it was are to be looked at again."""
        # sudo: those of others as well.
        changes = self.sudo().change_ids.filtered(lambda one: one.state in OPEN)
        changes.filtered(lambda one: one._get_conflicts())._mark_stale()
