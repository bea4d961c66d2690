from odoo import api, models

from ...exceptions import DecisionError

OFFICER = "sales_order_plus.group_compliance_officer"


class SalesDecisionMixin(models.AbstractModel):
    """Records with fields that say whom we may sell to.

    Who writes orders could write them too, and so let his own order pass. Only a
    compliance officer decides.
    """

    _name = "sales.decision.mixin"
    _description = "Record With Decisions"

    @api.model
    def _get_decision_fields(self):
        """Return the names of the fields that only a compliance officer sets."""
        return frozenset()

    def _ensure_may_decide(self, names):
        """Refuse decisions of somebody else.

        Superuser is our own code: a customer who gives his date of birth, a cron.
        Nobody becomes it over RPC.

        :raise DecisionError: names the field and whom to ask
        """
        decided = self._get_decision_fields() & names
        if not decided or self.env.su or self.env.user.has_group(OFFICER):
            return
        name = min(decided)
        raise DecisionError(
            self.env._(
                "%(field)s: only a compliance officer decides on it. Ask one.",
                field=self._fields[name]._description_string(self.env),
            ),
            field=name,
        )
