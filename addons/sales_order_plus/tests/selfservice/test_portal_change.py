from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import SIGNATURE
from .common import SelfServiceCommon

KINDS = ("quantity", "remove", "date", "delivery_address", "instructions")


@tagged("post_install", "-at_install")
class TestPortalChange(SelfServiceCommon):
    """The customer changes his order: form, what it means, sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["sales.change.policy"].create(
            {
                "name": "Web",
                "company_id": cls.company.id,
                "limit_changes": True,
                "change_quantity_percent": 50,
                "change_kind_ids": [Command.clear()]
                + [
                    Command.create(
                        {"kind": kind, "is_free": True, "is_for_customer": True}
                    )
                    for kind in KINDS
                ],
            }
        )

    def _line(self, order):
        return order.order_line[:1]

    def _wish(self, order, quantity, **values):
        return {f"quantity_{self._line(order).id}": quantity, **values}

    def _shown(self, page):
        return page.text.split('name="shown" value="')[1].split('"')[0]

    def _preview(self, order, **data):
        return self._post(order, "/change", step="preview", **data)

    def _send(self, order, **data):
        """Fill in, look at it, and send what was looked at."""
        page = self._preview(order, **data)
        return self._post(
            order, "/change", page, step="submit", shown=self._shown(page), **data
        )

    # --- within the policy --- #

    def test_preview_keeps_nothing(self):
        order = self._confirmed((self.product, 4))
        page = self._preview(order, **self._wish(order, "5"))
        self.assertIn("o_sales_preview", page.text)
        self.assertIn("595.00", page.text)  # 5 × 100 + 19 %
        self.assertIn("119.00", page.text)
        self.assertEqual(self._line(order).product_uom_qty, 4)
        self.assertFalse(order.sudo().change_ids)
        self.assertEqual(self._open(order), 4)

    def test_sent_within_the_limits_is_made_at_once(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(order, "3", note="One less, please"))
        self.assertIn("we have your change", page.text)
        self.assertEqual(self._line(order).product_uom_qty, 3)
        change = order.sudo().change_ids
        self.assertEqual((change.state, change.channel), ("applied", "portal"))
        self.assertEqual(self._open(order), 3)
        self.assertIn(f'data-number="{change.name}"', page.text)
        self.assertIn("Changed", page.text)
        self.assertIn("357.00", page.text)

    def test_beyond_the_limits_is_looked_at(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(order, "1"))
        self.assertEqual(order.sudo().change_ids.state, "submitted")
        self.assertEqual(self._line(order).product_uom_qty, 4)
        self.assertIn("We look at it", page.text)
        # Afterwards the page, and its fragment, say what became of it.
        order.sudo().change_ids.with_user(self.manager).action_apply()
        self._flush()
        status = self._browse(self._link(order, "/status", fragments=1)).json()
        self.assertEqual(status["requests"][0]["state"], "applied")
        self.assertIn("Changed", status["fragments"]["sales_request_list"])

    def test_several_things_at_once(self):
        order = self._confirmed((self.product, 4))
        day = fields.Date.today() + timedelta(days=20)
        self._send(
            order,
            **self._wish(order, "5"),
            requested_date=day.isoformat(),
            window_from="08:30",
            window_to="12:00",
            instructions="Second gate",
        )
        kinds = order.sudo().change_ids.line_ids.mapped("kind")
        self.assertEqual(set(kinds), {"quantity", "date", "instructions"})
        self.assertEqual(order.sudo().requested_date, day)
        self.assertEqual(order.sudo().requested_window_from, 8.5)

    def test_removed_line(self):
        order = self._confirmed((self.product, 4), (self.other, 2))
        self.policy.change_quantity_percent = 0
        self._send(order, **self._wish(order, "0"))
        self.assertEqual(order.sudo().change_ids.line_ids.kind, "remove")

    def test_german_comma(self):
        order = self._confirmed((self.product, 4))
        self._send(order, **self._wish(order, "3,0"))
        self.assertEqual(self._line(order).product_uom_qty, 3)

    # --- what is refused --- #

    def test_what_was_typed_is_kept_in_a_refusal(self):
        order = self._confirmed((self.product, 4))
        page = self._preview(order, **self._wish(order, "many", note="Keep me"))
        self.assertIn("is no quantity", page.text)
        self.assertIn("Keep me", page.text)
        self.assertIn("border-danger", page.text)
        for text in ("-1", "nan", "inf", "1e300"):
            page = self._preview(order, **self._wish(order, text))
            self.assertIn("is no quantity", page.text)

    def test_nothing_different(self):
        order = self._confirmed((self.product, 4))
        page = self._preview(order, **self._wish(order, "4"))
        self.assertIn("Nothing is different yet", page.text)

    def test_price_from_the_browser_is_not_read(self):
        order = self._confirmed((self.product, 4))
        line = self._line(order)
        forged = {f"price_{line.id}": "1", "price_unit": "1", "discount": "99"}
        self._send(order, **self._wish(order, "3"), **forged)
        self.assertEqual(line.price_unit, 100)
        self.assertEqual(line.discount, 0)
        self.assertEqual(order.amount_total, 357)

    def test_line_of_another_order(self):
        order, other = self._confirmed((self.product, 4)), self._confirmed()
        line = self._line(other)
        page = self._preview(order, **{f"quantity_{line.id}": "1"})
        self.assertIn("no line of the order", page.text)
        self.assertNotIn("o_sales_preview", page.text)
        page = self._post(
            order, "/change", page, step="submit", **{f"quantity_{line.id}": "1"}
        )
        self.assertIn("no line of the order", page.text)
        self.assertFalse(other.sudo().change_ids)

    def test_address_of_somebody_else(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "zip": "1"})
        order = self._confirmed((self.product, 4))
        page = self._preview(order, delivery_address=str(stranger.id))
        self.assertIn("choose one of the list", page.text)
        self.assertNotIn("Stranger", page.text)

    def test_what_was_shown_counts(self):
        """Between looking and sending the price changed: he looks again."""
        order = self._confirmed((self.product, 4))
        wish = self._wish(order, "5")
        page = self._preview(order, **wish)
        shown = self._shown(page)
        order.sudo().order_line.discount = 10
        page = self._post(order, "/change", page, step="submit", shown=shown, **wish)
        self.assertIn("Something changed since", page.text)
        self.assertFalse(order.sudo().change_ids)

    def test_without_the_token_of_the_form(self):
        order = self._confirmed((self.product, 4))
        response = self._browse(
            self._link(order, "/change"),
            method="POST",
            data={"step": "submit", **self._wish(order, "3")},
        )
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self._line(order).product_uom_qty, 4)

    def test_orders_of_others(self):
        order, other = self._confirmed((self.product, 4)), self._confirmed()
        wrong = other.sudo()._portal_ensure_token()
        for path in ("/change", "/requests/change/1"):
            response = self._browse(f"/my/orders/{order.id}{path}?access_token={wrong}")
            self.assertNotIn(order.name, response.text)
            self.assertIn("/web/login", response.url)
        self._sign_in()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self._confirmed(partner_id=stranger.id)
        response = self._browse(f"/my/orders/{foreign.id}/change")
        self.assertNotIn(foreign.name, response.text)

    def test_no_policy_no_form(self):
        self.policy.active = False
        order = self._confirmed((self.product, 4))
        page = self._browse(self._link(order)).text
        self.assertNotIn("o_sales_change", page)
        page = self._browse(self._link(order, "/change"))
        self.assertIn("o_sales_closed", page.text)
        self.assertIn("#discussion", page.text)
        self.assertNotIn("<form", page.text.split("sales_self_service")[1])

    def test_too_late(self):
        order = self._confirmed((self.product, 4))
        order.sudo().picking_ids.printed = True
        page = self._browse(self._link(order, "/change"))
        self.assertIn("o_sales_closed", page.text)
        result = self._call(order, "/change/submit", changes=self._wish(order, "3"))
        self.assertEqual(result["error"]["rule"], "window")

    def test_too_often(self):
        order = self._confirmed((self.product, 4))
        attempts = self.env["sales.portal.attempt"]
        attempts.create([{"order_id": order.id, "action": "preview"}] * 60)
        page = self._preview(order, **self._wish(order, "3"))
        self.assertIn("60 times within an hour", page.text)
        attempts.search([]).date = fields.Datetime.now() - timedelta(hours=2)
        page = self._preview(order, **self._wish(order, "3"))
        self.assertIn("o_sales_preview", page.text)

    # --- for programs --- #

    def test_program_previews_and_submits(self):
        order = self._confirmed((self.product, 4))
        wish = self._wish(order, 3)
        data = self._call(order, "/change/preview", changes=wish)
        amounts = {row["name"]: row["amount"] for row in data["amounts"]}
        self.assertEqual(amounts, {"before": 476, "after": 357, "difference": -119})
        self.assertFalse(order.sudo().change_ids)
        data = self._call(order, "/change/submit", changes=wish)
        self.assertEqual((data["kind"], data["state"]), ("change", "applied"))
        self.assertEqual(order.amount_total, 357)

    def test_program_is_told_why_not(self):
        order, other = self._confirmed((self.product, 4)), self._confirmed()
        wish = self._wish(other, 3)
        data = self._call(order, "/change/submit", changes=wish)
        self.assertEqual(data["error"]["rule"], "other_order")
        data = self._call(order, "/change/submit", token=False, changes=wish)
        self.assertEqual(data["error"]["code"], "not_found")

    # --- acceptance --- #

    def _waiting(self):
        self._control(sales_change_acceptance=True)
        order = self._confirmed((self.product, 4))
        self._send(order, **self._wish(order, "5"))
        change = order.sudo().change_ids
        self.assertEqual(change.state, "acceptance")
        return order, change

    def test_dearer_change_is_signed(self):
        order, change = self._waiting()
        page = self._browse(self._link(order)).text
        self.assertIn("Look at it and sign", page)
        path = f"/requests/change/{change.id}"
        self.assertIn("signature_form", self._browse(self._link(order, path)).text)
        result = self._call(order, f"{path}/accept", name="", signature=SIGNATURE)
        self.assertIn("name", result["error"].lower())
        result = self._call(order, f"{path}/accept", name="Paul", signature=SIGNATURE)
        self.assertTrue(result["force_refresh"], result)
        self.assertEqual((change.state, change.accepted_by), ("applied", "Paul"))
        self.assertEqual(self._line(order).product_uom_qty, 5)

    def test_he_takes_it_back(self):
        order, change = self._waiting()
        path = f"/requests/change/{change.id}"
        page = self._browse(self._link(order, path))
        page = self._post(order, f"{path}/withdraw", page)
        self.assertIn("taken it back", page.text)
        self.assertEqual(change.state, "withdrawn")
        self.assertEqual(self._line(order).product_uom_qty, 4)

    def test_request_of_another_order(self):
        order, change = self._waiting()
        other = self._confirmed()
        path = f"/requests/change/{change.id}"
        self.assertNotIn(change.name, self._browse(self._link(other, path)).text)
        result = self._call(other, f"{path}/accept", name="P", signature=SIGNATURE)
        self.assertTrue(result["error"])
        self.assertEqual(change.state, "acceptance")

    # --- history --- #

    def test_list_and_counters(self):
        order = self._confirmed((self.product, 4))
        self._send(order, **self._wish(order, "1"))
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self._confirmed(partner_id=stranger.id)
        self.policy.limit_changes = False
        hidden = self._applied(foreign, self._quantity(foreign, 9))
        self._sign_in()
        page = self._browse("/my/changes").text
        self.assertIn(order.sudo().change_ids.name, page)
        self.assertNotIn(hidden.name, page)
        self.assertIn("sales_request_count", self._browse("/my").text)

    def test_notes_for_colleagues_stay_with_them(self):
        self.policy.limit_changes = False
        order = self._confirmed((self.product, 4))
        change = self._applied(
            order,
            self._quantity(order, 5),
            internal_note="He never pays",
            reason="He nagged",
            customer_note="As agreed by phone",
        )
        refused = self._submitted(order, self._quantity(order, 9))
        refused.action_refuse(reason="Not for him")
        page = self._browse(self._link(order)).text
        self.assertIn("As agreed by phone", page)
        for text in ("He never pays", "He nagged", "Not for him", refused.name):
            self.assertNotIn(text, page)
        with self.assertRaises(AccessError):
            change.with_user(self.portal_user).read(["internal_note"])
