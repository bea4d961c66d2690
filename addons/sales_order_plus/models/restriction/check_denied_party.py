from odoo import api, models

from ..eligibility.sales_decision_mixin import OFFICER
from ..validation.finding import Hit

DENIED_SCORE = 85


class SalesValidationRule(models.Model):
    _inherit = "sales.validation.rule"

    @api.model
    def _get_check_methods(self):
        return {
            **super()._get_check_methods(),
            "denied_party": self.env._("Name on a list of denied parties"),
        }

    @api.model
    def _get_restriction_values(self):
        return {
            **super()._get_restriction_values(),
            "denied_party": {
                "category": "compliance",
                "severity": "hold",
                # A clearance lets it pass, by who may give one.
                "is_bypassable": False,
                "on_delivery": True,
                "threshold": DENIED_SCORE,
            },
        }


class SaleOrder(models.Model):
    """Nobody deals with listed parties unless an officer says it is somebody else."""

    _inherit = "sale.order"

    def _check_rule_denied_party(self, rule):
        hits = {}
        for order in self:
            matches = order._get_party_matches(rule.threshold or DENIED_SCORE)
            if matches:
                hits[order] = [order._get_party_hit(match) for match in matches]
        return hits

    def _get_party_matches(self, score=None):
        """Return what is like a listed party on this order and not cleared.

        :param float score: at least so alike; None: as the rule says
        """
        self.ensure_one()
        parties = self.env["sales.denied.party"]
        least = score or parties._get_denied_score()
        found = [
            match
            for partner in self._get_screened_partners()
            for match in parties._screen_party(partner)
            if match.score >= least and match.party.exists()._filter_for(self)
        ]
        return self.env["sales.party.clearance"]._drop_cleared(found)

    def _get_screened_partners(self):
        """Return the contacts whose names are compared."""
        self.ensure_one()
        # sudo: who sells need not see each address.
        own = (self.sudo().partner_id | self.sudo()._get_trade_addresses())._origin
        return (own | own.commercial_partner_id).filtered("name")

    def _get_party_hit(self, match):
        party = match.party
        detail = self.env._(
            "%(partner)s is %(score)s %% like %(party)s%(list)s%(law)s. A compliance "
            "officer has to clear it (Actions, Clear Contacts).",
            partner=match.partner.display_name,
            score=f"{match.score:g}",
            party=party.name,
            list=f", {party.list_name}" if party.list_name else "",
            law=party._get_law(),
        )
        link = (party._name, party.id, party.name)
        return Hit(detail, links=(link,))

    # === Clearing === #

    def _guard_hold(self, operation, origin):
        """Tell an officer: where the customer acts nobody else asks one."""
        result = super()._guard_hold(operation, origin)
        if self.env["sales.validation.rule"]._has_check("denied_party"):
            for order in self.filtered(lambda one: one._get_party_matches()):
                order._ask_compliance_officer()
        return result

    def _ask_compliance_officer(self):
        self.ensure_one()
        group = self.env.ref(OFFICER).sudo()
        users = (group.user_ids or group.all_user_ids).filtered(
            lambda user: self.company_id in user.company_ids and user._is_internal()
        )
        hits = [self._get_party_hit(match) for match in self._get_party_matches()]
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Clear the contacts of %s", self.name),
            note="\n".join(hit.detail for hit in hits),
            user_id=(users[:1] or self.user_id).id,
        )

    def action_open_party_clearance(self):
        """Open the dialog that clears the contacts of this order.

        :return: window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clear Contacts"),
            "res_model": "sales.party.clearance.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_clear_parties(self, *, reason: str):
        """Say that the contacts of this order are not the listed parties.

        :param str reason: why it is somebody else; kept for good
        :return: True
        :raise AccessError: if the user is no compliance officer
        :raise RestrictionError: if there is nothing to clear, or no reason
        """
        self.ensure_one()
        rows = self.env["sales.party.clearance"]._clear(self, reason)
        self._log_event("party.cleared", parties=rows.ids, reason=reason.strip())
        self.invalidate_recordset(["guard_state", "guard_message", "rule_findings"])
        if not self._get_guard_stops("confirm"):
            self._guard_release("confirm")
        return True


class SalesDeniedParty(models.Model):
    _inherit = "sales.denied.party"

    @api.model
    def _get_denied_score(self):
        """Return from which score on a name counts, the lowest of the rules."""
        rules = self.env["sales.validation.rule"]._get_rules("confirm")
        scores = [
            rule.threshold or DENIED_SCORE
            for rule in rules
            if rule.check_key == self._check_key
        ]
        return min(scores, default=DENIED_SCORE)
