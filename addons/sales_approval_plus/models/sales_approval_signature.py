import base64
import binascii
import hashlib

from odoo import api, fields, models

from odoo.addons.sales_order_plus.models.seam.hashing import get_hash

RATINGS = [(str(number), str(number)) for number in range(1, 6)]


class SalesApprovalVote(models.Model):
    """What comes with a vote: a signature, a rating, where it came from."""

    _inherit = "sales.approval.vote"

    signature = fields.Image(
        readonly=True,
        attachment=True,
        max_width=1024,
        max_height=1024,
        help="Signature of who approved.",
    )
    signed_name = fields.Char(
        string="Signed By", readonly=True, help="Name under the signature."
    )
    ip_address = fields.Char(
        string="IP Address", readonly=True, help="Where the vote came from."
    )
    user_agent = fields.Char(readonly=True, help="Program the vote came from.")
    proof = fields.Char(
        readonly=True,
        help="SHA-256 of what was decided on, by whom and when, of the signature, and "
        "of the audit trail's last entry at that moment.",
    )
    chain_hash = fields.Char(
        readonly=True, help="The audit trail's last entry at that moment."
    )
    rating = fields.Selection(
        selection=RATINGS,
        string="Quality",
        readonly=True,
        help="How well the request was prepared: 1 badly, 5 very well.",
    )

    def _get_proof(self):
        """Return the hex SHA-256 of what this vote stands for."""
        self.ensure_one()
        # sudo: the step and the request are part of the proof, whoever looks.
        vote = self.sudo().with_context(bin_size=False)
        image = base64.b64decode(vote.signature or b"")
        return get_hash(
            {
                "fingerprint": vote.request_id.fingerprint,
                "step": vote.line_id.id,
                "user": vote.user_id.id,
                "for": vote.on_behalf_of_id.id,
                "decision": vote.decision,
                "date": fields.Datetime.to_string(vote.date),
                "name": vote.signed_name or "",
                "signature": hashlib.sha256(image).hexdigest(),
                "chain": vote.chain_hash or "",
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        votes = super().create(vals_list)
        for vote in votes:
            # Past the refusal to change votes: the image is known as it is stored.
            models.Model.write(vote, {"proof": vote._get_proof()})
        return votes

    def verify(self):
        """Return whether nothing these votes stand for was changed since.

        :return: {vote id: whether the proof is right}
        """
        self.check_access("read")
        return {vote.id: vote.proof == vote._get_proof() for vote in self}


class SalesApprovalRequest(models.Model):
    """What a step wants beside the decision."""

    _inherit = "sales.approval.request"

    def _get_requirement_refusal(self, voices, decision, reason, given):
        refusal = super()._get_requirement_refusal(voices, decision, reason, given)
        if refusal:
            return refusal
        if not reason and any(line.comment_required for line in voices):
            return "no_comment", self.env._("its step needs a comment: say why")
        if given.get("rating") and str(given["rating"]) not in dict(RATINGS):
            return "rating", self.env._("rate it from 1 to 5")
        needed = decision == "approve" and any(
            line.signature_required for line in voices
        )
        return self._get_signature_refusal(given.get("signature"), needed)

    def _get_signature_refusal(self, signature, needed):
        if not signature:
            return needed and (
                "no_signature",
                self.env._("its step needs your signature: sign it"),
            )
        try:
            content = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError, TypeError):
            content = b""
        return not content and (
            "no_signature",
            self.env._("the signature is no image in base64: sign it again"),
        )

    def _prepare_given_vals(self, decision, given):
        """Return what comes with a vote; the signature only with an approval."""
        signature = given.get("signature") if decision == "approve" else False
        name = (given.get("signed_name") or "").strip() or self.env.user.name
        rating = given.get("rating")
        return {
            "signature": signature,
            "signed_name": signature and name,
            "rating": rating and str(rating),
        }

    @api.model
    def _prepare_origin_vals(self):
        """Return where the votes of this call come from, and when in the audit."""
        return {
            **self.env["sales.signature"]._get_request_vals(),
            "chain_hash": self.env["sales.audit.event"]._get_head()[1],
        }

    def _add_conditions(self, conditions):
        """Keep on what the current user approves.

        :raise ValidationError: if a condition is not complete
        """
        allowed = {"kind", "value", "product_id", "payment_term_id", "text"}
        self.env["sales.approval.condition"].create(
            [
                {
                    "request_id": request.id,
                    **{name: one[name] for name in allowed & one.keys()},
                }
                for request in self
                for one in conditions or ()
            ]
        )
