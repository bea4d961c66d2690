import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ...exceptions import AppendOnlyError
from ..common import SIGNATURE
from .common import ProformaCommon


@tagged("post_install", "-at_install")
class TestSignature(ProformaCommon, HttpCase):
    """A signature holds for what was signed; who signed what can be shown."""

    def _new_signed(self, **values):
        order = self._new_taxed_order(
            100.0, 50.0, require_signature=True, require_payment=True, **values
        )
        order.action_quotation_sent()
        return self._sign(order)

    def _assert_voided(self, order):
        self.assertFalse(order.signature)
        self.assertFalse(order.signed_on)
        self.assertEqual(order.signature_ids.mapped("state"), ["voided"])
        self.assertIn("sign again", order.signature_void_reason)
        self.assertIn("order.signature_voided", self._get_events(order))
        self.assertTrue(order._has_to_be_signed())

    def test_evidence_of_the_portal(self):
        order = self._new_taxed_order(
            100.0, require_signature=True, require_payment=True
        )
        order.action_quotation_sent()
        self.url_open("/my")
        self.opener.headers["User-Agent"] = "Test Browser"
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Paula",
                "signature": SIGNATURE,
            },
        )
        evidence = order.signature_ids
        self.assertRecordValues(
            evidence,
            [
                {
                    "name": "Paula",
                    "document_name": order.name,
                    "ip_address": "127.0.0.1",
                    "user_agent": "Test Browser",
                    "amount_total": 119.0,
                    "state": "valid",
                    "is_intact": True,
                }
            ],
        )
        pdf = self._decode(evidence.with_context(bin_size=False).document_pdf)
        self.assertEqual(hashlib.sha256(pdf).hexdigest(), evidence.sha256)
        self.assertTrue(pdf.startswith(b"%PDF"))
        paper, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "sales_order_plus.action_report_signature", evidence.ids
        )
        self.assertTrue(paper.startswith(b"%PDF"))

    def test_changed_pdf_is_noticed(self):
        evidence = self._new_signed().signature_ids
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sales.signature"),
                ("res_id", "=", evidence.id),
                ("res_field", "=", "document_pdf"),
            ]
        )
        attachment.raw = b"%PDF other"
        evidence.invalidate_recordset()
        self.assertFalse(evidence.is_intact)

    def test_lines_void(self):
        changes = (
            lambda order: order.order_line[0].write({"price_unit": 99.0}),
            lambda order: order.write(
                {
                    "order_line": [
                        Command.update(order.order_line[0].id, {"discount": 5})
                    ]
                }
            ),
            lambda order: order.order_line[1].unlink(),
            lambda order: (
                self.env["sale.order.line"]
                .with_user(self.salesman)
                .create({"order_id": order.id, "product_id": self.service.id})
            ),
            lambda order: order.order_line[0].write({"name": "Something else"}),
            lambda order: order.order_line[0].write({"tax_ids": [Command.clear()]}),
            lambda order: order.sudo().order_line[0].write({"product_uom_qty": 2}),
        )
        for index, change in enumerate(changes):
            with self.subTest(change=index):
                order = self._new_signed()
                change(order)
                self._assert_voided(order)

    def test_terms_void(self):
        term = self.env["account.payment.term"].create({"name": "Other"})
        for vals in (
            {"payment_term_id": term.id},
            {"commitment_date": "2030-01-01"},
            {"note": "<p>We deliver when we like.</p>"},
            {"partner_shipping_id": self.portal_user.partner_id.id},
            {"prepayment_percent": 0.5},
        ):
            with self.subTest(vals=vals):
                order = self._new_signed()
                order.write(vals)
                self._assert_voided(order)

    def test_one_write_with_the_old_signature(self):
        """Sending the signature along does not keep it."""
        order = self._new_signed()
        order.write(
            {
                "signature": SIGNATURE,
                "signed_by": "Paula",
                "order_line": [
                    Command.update(order.order_line[0].id, {"price_unit": 999.0})
                ],
            }
        )
        self.assertFalse(order.signature)
        self.assertEqual(set(order.signature_ids.mapped("state")), {"voided"})

    def test_hiding_the_date_voids(self):
        order = self._new_signed()
        order.write({"signed_on": False})
        self.assertFalse(order.signature)
        self.assertEqual(order.signature_ids.state, "voided")

    def test_context_keeps_nothing(self):
        order = self._new_signed()
        order.with_context(confirming=True, skip_void=True).order_line[0].price_unit = 1
        self._assert_voided(order)

    def test_what_is_no_offer_keeps_it(self):
        order = self._new_signed()
        order.write({"client_order_ref": "PO-1", "tag_ids": [Command.clear()]})
        order.order_line[0].write({"sequence": 3, "price_unit": 100.0})
        self.assertTrue(order.signature)
        self.assertEqual(order.signature_ids.state, "valid")

    def test_confirming_keeps_it(self):
        """What Odoo changes while it confirms is no new offer."""
        order = self._new_signed()
        program = self.env["loyalty.program"].create(
            {
                "name": "Automatic 10 %",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
        order._update_programs_and_rewards()
        coupon = order.coupon_point_ids.coupon_id[:1]
        order._apply_program_reward(program.reward_ids, coupon)
        self.assertFalse(order.signature, "a new discount before is a new offer")
        self._sign(order)
        program.reward_ids.discount = 20
        lines = order.order_line.mapped("price_unit")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertNotEqual(order.order_line.mapped("price_unit"), lines)
        self.assertTrue(order.signature)
        self.assertEqual(order.signature_ids.mapped("state"), ["valid", "voided"])

    def test_signed_again(self):
        order = self._new_signed()
        order.order_line[0].price_unit = 90.0
        self._sign(order, name="Paul")
        self.assertRecordValues(
            order.signature_ids,
            [
                {"name": "Paul", "state": "valid", "amount_total": 166.6},
                {"name": "Paula", "state": "voided", "amount_total": 178.5},
            ],
        )
        self.assertFalse(order.signature_void_reason)

    def test_evidence_stays(self):
        evidence = self._new_signed().signature_ids
        with self.assertRaises(AppendOnlyError):
            evidence.sudo().write({"name": "Eve"})
        with self.assertRaises(AppendOnlyError):
            evidence.sudo().unlink()
        with self.assertRaises(AppendOnlyError):
            self.env["sales.signature"].create({"order_id": evidence.order_id.id})
        with self.assertRaises(AppendOnlyError):
            evidence.with_user(self.salesman).write({"name": "Eve"})

    def test_who_reads_evidence(self):
        evidence = self._new_signed().signature_ids
        self.assertTrue(evidence.with_user(self.salesman).read(["sha256"]))
        other = new_test_user(
            self.env, login="tsop_other", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            evidence.with_user(other).read(["sha256"])
        with self.assertRaises(AccessError):
            evidence.with_user(self.portal_user).read(["sha256"])

    def test_back_to_draft(self):
        order = self._new_signed()
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.signature)
        self.assertEqual(order.signature_ids.state, "voided")

    def test_unsigned_orders_cost_nothing(self):
        order = self._new_taxed_order(100.0)
        order.action_confirm()
        with self.assertRaises(UserError):
            order.pricelist_id = self.env["product.pricelist"].create({"name": "X"})
        self.assertFalse(order.signature_ids)

    def test_never_signed_is_not_voided(self):
        order = self._new_taxed_order(100.0, require_signature=True)
        self.assertIs(order.signature_void_reason, False)
