from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...exceptions import RestrictionError
from ..eligibility.sales_decision_mixin import OFFICER

CLEARANCE_DAYS = 90


class SalesPartyClearance(models.Model):
    """A compliance officer says that a contact is not the listed party.

    Added by code alone and never changed. It holds as long as both names stay, and
    until it expires.
    """

    _name = "sales.party.clearance"
    _inherit = ["sales.append.only.mixin"]
    _description = "Clearance of a Contact"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who was cleared.",
    )
    party_id = fields.Many2one(
        "sales.denied.party",
        string="Listed Party",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Whom the name is like.",
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The order it was cleared for; others of the contact may pass as well.",
    )
    name = fields.Char(
        required=True, readonly=True, help="Name of the contact as it was compared."
    )
    listed_name = fields.Char(
        required=True, readonly=True, help="Name on the list as it was compared."
    )
    score = fields.Float(readonly=True, help="How alike the names are, in percent.")
    reason = fields.Text(required=True, readonly=True, help="Why it is somebody else.")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who cleared the contact.",
    )
    expires = fields.Datetime(
        required=True, readonly=True, help="The contact is asked about again then."
    )

    @api.model
    def _get_append_only_texts(self):
        return (
            self.env._("A clearance cannot be changed; add a new one."),
            self.env._("A clearance cannot be deleted."),
        )

    @api.model
    def _drop_cleared(self, matches):
        """Return ``matches`` without those somebody has cleared."""
        if not matches:
            return matches
        # sudo: a clearance holds for everybody.
        rows = self.sudo().search(
            [
                ("partner_id", "in", [match.partner.id for match in matches]),
                ("expires", ">", fields.Datetime.now()),
            ]
        )
        cleared = {
            (row.partner_id.id, row.party_id.id, row.name, row.listed_name)
            for row in rows
        }
        return [match for match in matches if match.key not in cleared]

    @api.model
    def _clear(self, order, reason):
        """Clear all contacts of ``order`` that are like a listed party.

        :raise AccessError: if the user is no compliance officer
        :raise RestrictionError: if there is nothing to clear, or no reason
        """
        order.check_access("read")
        matches = order._get_party_matches()
        self._check_clearable(order, matches, reason)
        # sudo: nobody has create rights; the right was looked at above.
        rows = self.sudo().create(
            [
                {**self._prepare_clearance_vals(match, reason), "order_id": order.id}
                for match in matches
            ]
        )
        return rows.with_env(self.env)

    @api.model
    def _check_clearable(self, order, matches, reason):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._(
                    "Only compliance officers clear contacts of listed names. Ask one "
                    "of them."
                )
            )
        if not matches:
            raise RestrictionError(
                self.env._("%s: no name is like a listed one.", order.name)
            )
        if not (reason or "").strip():
            raise RestrictionError(
                self.env._("Reason: say why it is somebody else."), field="reason"
            )

    @api.model
    def _prepare_clearance_vals(self, match, reason):
        return {
            "partner_id": match.partner.id,
            "party_id": match.party.id,
            "name": match.name,
            "listed_name": match.listed_name,
            "score": match.score,
            "reason": reason.strip(),
            "user_id": self.env.uid,
            "expires": fields.Datetime.now() + timedelta(days=CLEARANCE_DAYS),
        }


class SalesAuditEvent(models.Model):
    """The event of a clearance."""

    _inherit = "sales.audit.event"

    @api.model
    def _get_event_labels(self):
        return {
            **super()._get_event_labels(),
            "party.cleared": self.env._("Contact cleared"),
        }
