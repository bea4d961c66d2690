from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ...exceptions import AppendOnlyError, GuardError, QuotationError
from ...models.quotation.quotation_snapshot import compare, pair_lines
from .common import DOT, QuotationCommon


@tagged("post_install", "-at_install")
class TestQuotationRevision(QuotationCommon):
    """Revisions on the same record."""

    def test_revision_keeps_the_record(self):
        order = self._new_sent((self.product, 2), (self.service, 1))
        order.sudo()._portal_ensure_token()
        before = (order.id, order.name, order.sudo().access_token)
        order.order_line[0].write({"product_uom_qty": 3, "price_unit": 90})
        order.action_new_revision(reason="Cheaper")
        self.assertEqual((order.id, order.name, order.sudo().access_token), before)
        self.assertEqual(order.revision_number, 2)
        self.assertEqual(order.display_name, f"{order.name}-R2")
        self.assertEqual(order.state, "draft")
        revision = order.quotation_revision_ids
        self.assertEqual((revision.number, revision.amount_total), (1, 250))

    def test_comparison_names_the_two_changes(self):
        """The snapshot is what was sent, not what stands there when Revise is clicked."""
        order = self._new_sent((self.product, 2), (self.service, 1))
        order.order_line[0].write({"product_uom_qty": 3, "price_unit": 90})
        order.action_new_revision(reason="Cheaper")
        difference = order.get_revision_comparison()
        changed = [line for line in difference["lines"] if line["kind"] == "changed"]
        self.assertEqual(len(changed), 1)
        self.assertEqual(changed[0]["changed"], ["quantity", "price_unit", "subtotal"])
        self.assertEqual(changed[0]["old"]["price_unit"], 100)
        self.assertEqual(changed[0]["new"]["price_unit"], 90)
        total = difference["totals"][2]
        self.assertEqual((total["old"], total["new"], total["delta"]), (250, 320, 70))

    def test_comparison_of_added_and_removed_lines(self):
        order = self._new_sent((self.product, 1), (self.service, 1))
        order.order_line[1].unlink()
        self._add_line(order, self.product, 4)
        order.action_new_revision()
        kinds = [line["kind"] for line in order.get_revision_comparison()["lines"]]
        self.assertEqual(kinds, ["same", "added", "removed"])

    def test_lines_written_anew_are_paired_by_product(self):
        """A template applied again gives the same lines other ids."""
        order = self._new_sent((self.product, 1), (self.service, 1))
        order.write(
            {
                "order_line": [
                    Command.clear(),
                    Command.create({"product_id": self.product.id}),
                    Command.create({"product_id": self.service.id}),
                ]
            }
        )
        order.action_new_revision()
        self.assertEqual(order.get_revision_comparison()["changes"], 0)

    def test_pairing_never_uses_a_line_twice(self):
        old = [{"id": 1, "display_type": "", "product_id": 7, "name": "a"}]
        new = [
            {"id": id_, "display_type": "", "product_id": 7, "name": "a"}
            for id_ in (2, 3)
        ]
        pairs = pair_lines(old, new)
        self.assertEqual(pairs, [(old[0], new[0]), (None, new[1])])

    def test_comparison_of_taxes_is_the_engine_s(self):
        tax = self.env["account.tax"].create(
            {"name": "T20", "amount": 20, "company_id": self.company.id}
        )
        order = self._new_order((self.product, 1))
        order.order_line.tax_ids = tax
        order.action_quotation_sent()
        order.order_line.price_unit = 50
        order.action_new_revision()
        difference = order.get_revision_comparison()
        self.assertEqual([t["delta"] for t in difference["taxes"]], [-10])
        self.assertEqual(difference["totals"][1]["new"], order.amount_tax)

    def test_three_hundred_lines_are_compared_without_a_query(self):
        """The time it takes is measured by ``./dev bench screens``."""
        order = self._new_order(*[(self.service, qty + 1) for qty in range(300)])
        order.action_quotation_sent()
        for line in order.order_line[::3]:
            line.price_unit = 49
        order.action_new_revision()
        old = order.quotation_revision_ids.snapshot
        new = order._get_quotation_snapshot()
        order._render_comparison(compare(new, new))  # as the second one who looks
        with self.assertQueryCount(0):
            difference = compare(old, new)
            html = order._render_comparison(difference, only_changes=False)
        self.assertEqual(difference["changes"], 100)
        self.assertEqual(html.count("o_comparison_line"), 300)

    # === Signature, answers, payment === #

    def test_signature_no_longer_counts(self):
        order = self._new_sent()
        order.sudo().write({"signature": DOT, "signed_by": "Paul"})
        self.assertEqual(order.customer_response, "accepted")
        order.action_new_revision(reason="Other terms")
        self.assertFalse(order.signature)
        self.assertEqual(order.customer_response, "none")
        self.assertEqual(
            self._get_events(order, "order.signature_voided").data["signed_by"], "Paul"
        )

    def test_customer_cannot_sign_what_is_in_the_making(self):
        order = self._new_sent()
        self.assertTrue(order._has_to_be_signed())
        order.action_new_revision()
        self.assertFalse(order._has_to_be_signed())
        order.action_quotation_sent()
        self.assertTrue(order._has_to_be_signed())

    def test_paid_quotation_is_not_revised(self):
        order = self._new_sent()
        provider = self.env["payment.provider"].search([], limit=1)
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": "tsop-paid",
                "amount": 100,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [Command.link(order.id)],
                "state": "pending",
            }
        )
        with self.assertRaisesRegex(QuotationError, "paid for"):
            order.action_new_revision()
        self.assertEqual(order.revision_number, 1)

    def test_order_is_not_revised(self):
        order = self._new_sent()
        order.action_confirm()
        with self.assertRaises(QuotationError):
            order.action_new_revision()

    # === Freezing === #

    def test_sent_again_unchanged_is_the_same_revision(self):
        order = self._new_sent()
        order.action_record_delivery(via="print")
        self.assertEqual(order.revision_number, 1)
        self.assertEqual(len(order.quotation_revision_ids), 1)

    def test_longer_validity_is_no_other_offer(self):
        order = self._new_sent()
        order.action_extend_validity(days=20)
        order.action_record_delivery(via="print")
        self.assertEqual(order.revision_number, 1)

    def test_changed_and_sent_again_is_the_next_revision(self):
        """The customer must not hold two different papers called the same."""
        order = self._new_sent()
        order.order_line.price_unit = 95
        order.action_quotation_send()
        self.assertEqual((order.revision_number, order.state), (2, "draft"))
        order.action_quotation_sent()
        order.order_line.price_unit = 96
        order.action_record_delivery(via="link")
        self.assertEqual(order.revision_number, 3)
        revisions = order.quotation_revision_ids.sorted("number")
        self.assertEqual(revisions.mapped("amount_total"), [100, 95, 96])

    def test_sent_pdf_is_kept(self):
        order = self._new_order()
        order.with_context(mark_so_as_sent=True).message_post(
            attachments=[("q.pdf", b"%PDF-1 sent")]
        )
        revision = order.quotation_revision_ids
        self.assertEqual(revision.sudo()._get_document(), b"%PDF-1 sent")

    def test_pdf_is_made_from_the_data_once(self):
        order = self._new_sent((self.product, 2))
        order.order_line.price_unit = 1
        revision = order.quotation_revision_ids.sudo()
        report = self.env["ir.actions.report"]
        name = "sales_order_plus.action_report_quotation_revision"
        html = report._render_qweb_html(name, revision.ids)[0].decode()
        self.assertIn("200.00", html)
        with patch.object(
            self.env.registry["ir.actions.report"],
            "_render_qweb_pdf",
            lambda *args, **kwargs: (b"%PDF-1 made", "pdf"),
        ):
            self.assertEqual(revision._get_document(), b"%PDF-1 made")
        self.assertEqual(revision._get_document(), b"%PDF-1 made")

    def test_nobody_changes_a_revision(self):
        revision = self._new_sent().quotation_revision_ids
        with self.assertRaises(AccessError):
            revision.with_user(self.manager).write({"attachment_id": False})
        with self.assertRaises(AppendOnlyError):
            revision.sudo().write({"amount_total": 1})
        with self.assertRaises(AccessError):
            revision.with_user(self.manager).unlink()

    def test_revisions_of_colleagues_are_not_read(self):
        revision = self._new_sent(user=self.colleague).quotation_revision_ids
        with self.assertRaises(AccessError):
            revision.with_user(self.salesman).read(["snapshot"])
        revision.with_user(self.manager).read(["snapshot"])

    def test_copy_begins_at_one(self):
        order = self._new_sent()
        order.action_new_revision()
        copy = order.copy()
        self.assertEqual(
            (copy.revision_number, len(copy.quotation_revision_ids)), (1, 0)
        )


@tagged("post_install", "-at_install")
class TestQuotationAlternative(QuotationCommon):
    """Of several alternatives only one becomes an order."""

    def _new_pair(self):
        order = self._new_sent()
        action = order.action_new_alternative()
        return order, order.browse(action["res_id"])

    def test_confirming_one_cancels_the_others(self):
        order, other = self._new_pair()
        third = order.browse(other.action_new_alternative()["res_id"])
        self.assertEqual(order.alternative_count, 2)
        other.action_confirm()
        self.assertEqual((order.state, third.state), ("cancel", "cancel"))
        self.assertEqual(other.state, "sale")

    def test_second_one_is_refused_by_write_and_create(self):
        order, other = self._new_pair()
        order.action_confirm()
        other.action_draft()
        for attempt in (
            other.action_confirm,
            lambda: other.write({"state": "sale"}),
        ):
            with self.assertRaises(GuardError) as caught:
                attempt()
            self.assertEqual(
                caught.exception.context["findings"][0]["code"], "alternative_taken"
            )
        self.assertEqual(other.state, "draft")

    def test_both_in_one_call_are_refused(self):
        order, other = self._new_pair()
        with self.assertRaises(GuardError):
            (order | other).action_confirm()
        with self.assertRaises(GuardError):
            (order | other).write({"state": "sale"})
        self.assertNotIn("sale", (order | other).mapped("state"))

    def test_alternative_of_a_colleague_counts(self):
        order, other = self._new_pair()
        other.sudo().user_id = self.colleague
        order.action_confirm()
        self.assertEqual(other.sudo().state, "cancel")

    def test_link_stays_while_one_is_taken(self):
        order, other = self._new_pair()
        links = self.env["sales.order.link"].with_user(self.salesman)
        link = links.search([("linked_id", "=", other.id)])
        order.action_confirm()
        with self.assertRaisesRegex(QuotationError, order.name):
            link.unlink()

    def test_other_one_after_the_first_was_cancelled(self):
        order, other = self._new_pair()
        order.action_confirm()
        order._action_cancel()
        other.action_draft()
        other.action_confirm()
        self.assertEqual(other.state, "sale")

    def test_customer_s_signature_on_a_taken_alternative_is_held(self):
        """On the customer's path nothing is raised, and nothing confirmed."""
        order, other = self._new_pair()
        order.action_confirm()
        other.action_draft()
        other._validate_order()
        self.assertEqual(other.state, "sent")
        self.assertTrue(other.hold_since)
