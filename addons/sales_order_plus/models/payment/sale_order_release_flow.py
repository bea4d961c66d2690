from odoo import fields, models
from odoo.exceptions import AccessError

from ...exceptions import ReleaseError

RELEASE_KINDS = ("credit", "fraud")


class SaleOrder(models.Model):
    """Held for credit or risk: who is told, and who may let the order go on."""

    _inherit = "sale.order"

    release_ids = fields.One2many(
        "sales.order.release",
        "order_id",
        string="Releases",
        groups="base.group_user",
        help="Decisions of controllers to let this order go on.",
    )

    def action_open_release(self):
        """Ask for the reason to let the order go on.

        :return: window action of the dialog
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release"),
            "res_model": "sales.order.release.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _get_releasable_findings(self):
        """Return the findings a controller may decide on."""
        self.ensure_one()
        operation = "confirm" if self.state in ("draft", "sent") else "amend"
        found = self._get_guard_findings(operation).get(self.id, ())
        return [
            finding
            for finding in found
            if finding.severity == "hold"
            and finding.code.split(".")[0] in RELEASE_KINDS
        ]

    def _release(self, reason, amount=None):
        """Let the order go on in spite of credit and risk.

        :param str reason: why; kept with the release
        :param float amount: what the order may add to the debt in company currency,
            to let somebody raise it later; None: what it adds now
        :return: the releases
        :raise ReleaseError: if nothing of the kind stands against it, or no reason
        """
        self.ensure_one()
        self._check_may_release(reason)
        vals_list = self._prepare_releases(reason, amount)
        if not vals_list:
            raise ReleaseError(
                self.env._(
                    "%(order)s: no credit or risk hold stands against it. "
                    "What else stands against it is named in the order.",
                    order=self.name,
                ),
                order=self.name,
            )
        # sudo: nobody has create rights, the right was checked above.
        releases = self.env["sales.order.release"].sudo().create(vals_list)
        kinds = releases.mapped("kind")
        self._log_event("order.released", kinds=kinds, reason=reason)
        self.message_post(body=self.env._("Released: %(reason)s", reason=reason))
        if not self._get_guard_stops("confirm"):
            self._guard_release("confirm")
        return releases

    def _prepare_releases(self, reason, amount):
        """Return the values of one release for each kind of finding."""
        texts = {}
        for finding in self._get_releasable_findings():
            texts.setdefault(finding.code.split(".")[0], []).append(finding.message)
        if amount is not None:
            texts.setdefault("credit", [])
        return [
            {
                **self._prepare_release_vals(kind, reason, amount),
                "finding": "\n".join(found) or False,
            }
            for kind, found in sorted(texts.items())
        ]

    def _check_may_release(self, reason):
        if not self.env.user.has_group("sales_order_plus.group_credit_controller"):
            raise AccessError(
                self.env._("Only credit controllers release orders. Ask one of them.")
            )
        self.check_access("write")
        if not (reason or "").strip():
            raise ReleaseError(
                self.env._("Reason: say why the order may go on."), field="reason"
            )

    def _prepare_release_vals(self, kind, reason, amount):
        order = self.sudo()
        own = order._get_credit_amount()
        return {
            "order_id": self.id,
            "kind": kind,
            "partner_id": order._get_debtor().id,
            "amount": max(own, amount or 0.0),
            "fingerprint": self._get_fraud_fingerprint() if kind == "fraud" else False,
            "reason": reason.strip(),
            "user_id": self.env.uid,
        }

    def _guard_submit(self, operation, origin):
        super()._guard_submit(operation, origin)
        if operation != "confirm" or origin == "user":
            return
        for order in self:
            if findings := order._get_releasable_findings():
                order._schedule_release(findings)

    def _schedule_release(self, findings):
        """Tell the controller once that an accepted order waits for him."""
        self.ensure_one()
        summary = self.env._("Decide on an order that is held for credit or risk")
        controller = self.sudo().company_id.credit_controller_id or self.user_id
        # sudo: the customer acts, who may not write activities.
        order = self.sudo()
        if order.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note="\n".join(finding.message for finding in findings),
            user_id=controller.id or self.env.ref("base.user_admin").id,
        )
