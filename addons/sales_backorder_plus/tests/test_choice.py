from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_order_plus.exceptions import OwnFieldError, SelfServiceError

from .common import BackorderCommon


class ChoiceCommon(BackorderCommon):
    """An order of which two lines are short, and a substitute for the first."""

    def setUp(self):
        super().setUp()
        self.company.write(
            {"sales_backorder_ask": True, "sales_backorder_undo_hours": 1}
        )
        self.widget = self._new_product("Test Widget", 60.0, is_storable=True)
        self.instead = self._new_product("Test Instead", 90.0, is_storable=True)
        self.env["sales.product.substitute"].create(
            {"product_id": self.product.id, "substitute_id": self.instead.id}
        )
        self._set_stock(self.instead, 50)
        self._set_stock(self.product, 4)
        self.order = self._confirm((self.product, 10), (self.widget, 3))
        self.gadget = self._find(self.order, self.product).sudo()
        self.second = self._find(self.order, self.widget).sudo()
        self.take = f"substitute-{self.instead.id}"

    def _run_job(self, hours=0):
        cron = type(self.env["ir.cron"])
        moment = fields.Datetime.now() + timedelta(hours=hours)
        with (
            freeze_time(moment),
            patch.object(cron, "_commit_progress", return_value=600.0),
        ):
            self.env["sales.backorder.choice"]._cron_carry_out()
            self._flush()

    def _choose(self, **wishes):
        order = self.order.sudo()
        ids = {"gadget": self.gadget.id, "second": self.second.id}
        return order._choose_as_customer(
            {str(ids[name]): value for name, value in wishes.items()}, "Paula"
        )


@tagged("post_install", "-at_install")
class TestChoice(ChoiceCommon):
    """The customer decides what becomes of what is short, and may change his mind."""

    def test_substitute_and_wait(self):
        """One line gets a substitute by a change request, the other one waits."""
        total = self.order.amount_total
        choices = self._choose(gadget=self.take, second="wait")
        self.assertEqual(set(choices.mapped("state")), {"pending"})
        self._run_job()
        self.assertFalse(self.order.sudo().change_ids)
        self._run_job(hours=2)
        self.assertEqual(set(choices.mapped("state")), {"done"})
        change = self.order.sudo().change_ids
        self.assertRecordValues(change, [{"state": "applied", "channel": "portal"}])
        self.assertEqual(choices.change_id, change)
        quantities = {
            line.product_id: line.product_uom_qty for line in self.order.order_line
        }
        self.assertEqual(
            quantities, {self.product: 4.0, self.instead: 6.0, self.widget: 3.0}
        )
        self.assertEqual(self.order.amount_total, total)
        self.assertEqual(self._find(self.order), self.second)

    def test_cancel_what_is_short(self):
        choice = self._choose(gadget="cancel")
        self._run_job(hours=2)
        line = self.gadget.sale_line_id
        self.assertEqual((line.product_uom_qty, line.qty_cancelled), (4.0, 6.0))
        self.assertEqual(choice.cancellation_id.state, "applied")
        self.assertEqual(choice.cancellation_id.channel, "portal")
        self.assertEqual(self.gadget.state, "cancelled")

    def test_undone_in_time(self):
        choice = self._choose(gadget="cancel")
        self.order.sudo()._undo_choice_as_customer(str(choice.id), "Paula")
        self._run_job(hours=2)
        self.assertEqual(choice.state, "undone")
        self.assertEqual(self.gadget.sale_line_id.product_uom_qty, 10.0)

    def test_too_late_to_undo(self):
        choice = self._choose(gadget="cancel")
        self._run_job(hours=2)
        with self.assertRaises(SelfServiceError):
            self.order.sudo()._undo_choice_as_customer(str(choice.id), "Paula")

    def test_second_thoughts(self):
        """A new choice undoes the one before: only the last is carried out."""
        first = self._choose(gadget="cancel")
        last = self._choose(gadget=self.take)
        self.assertEqual((first.state, last.state), ("undone", "pending"))
        self._run_job(hours=2)
        self.assertFalse(self.order.sudo().cancellation_ids)
        self.assertEqual(len(self.order.sudo().change_ids), 1)

    def test_there_before_it_was_carried_out(self):
        choice = self._choose(gadget="cancel")
        self._receive(self.product, 6)
        self._run_job(hours=2)
        self.assertEqual(choice.state, "moot")
        self.assertEqual(self.gadget.sale_line_id.product_uom_qty, 10.0)

    def test_not_possible(self):
        """Somebody took the substitute meanwhile: the salesperson has to look at it."""
        choice = self._choose(gadget=self.take)
        self.instead.sale_ok = False
        self._run_job(hours=2)
        self.assertEqual(choice.state, "failed")
        self.assertTrue(choice.note)
        self.assertEqual(self.order.sudo().activity_ids.user_id, self.salesman)
        self.assertEqual(self.gadget.sale_line_id.product_uom_qty, 10.0)

    def test_send_what_is_there(self):
        self.customer.shipment_complete = True
        order = self._confirm((self.instead, 5), (self.widget, 1))
        backorder = self._find(order, self.widget).sudo()
        values = [option["value"] for option in backorder._get_options()]
        self.assertIn("partial", values)
        backorder._choose("partial", "customer", "Paula")
        self._run_job(hours=2)
        self.assertFalse(order.shipment_complete)
        ready = self._pickings(order).filtered(lambda one: one.state == "assigned")
        self.assertEqual(ready.move_ids.product_id, self.instead)
        self._ship(ready, 5)

    def test_options_are_looked_up(self):
        for value in ("partial", f"substitute-{self.widget.id}", "steal", ""):
            with (
                self.subTest(value=value),
                self.assertRaises(SelfServiceError),
                self.env.cr.savepoint(),
            ):
                self._choose(gadget=value)
        other = self._find(self._confirm((self.product, 3)))
        with self.assertRaises(SelfServiceError):
            self.order.sudo()._choose_as_customer({str(other.id): "cancel"}, "Paula")

    def test_hidden_substitute(self):
        self.env["sales.product.substitute"].search([]).customer_visible = False
        values = [option["value"] for option in self.gadget._get_options()]
        self.assertEqual(values, ["wait", "cancel"])

    # === Without the customer === #

    def test_no_answer_in_time(self):
        self.company.write(
            {"sales_backorder_answer_days": 3, "sales_backorder_default": "cancel"}
        )
        self.order.backorder_preference = "ask"
        self._choose(second="wait")
        self._run_job(hours=48)
        self.assertFalse(self.gadget.choice_ids)
        self._run_job(hours=73)
        choice = self.gadget.choice_ids
        self.assertEqual((choice.choice, choice.origin), ("cancel", "deadline"))
        self._run_job(hours=75)
        self.assertEqual(choice.state, "done")
        self.assertEqual(self.gadget.sale_line_id.product_uom_qty, 4.0)
        self.assertEqual(self.second.choice_ids.choice, "wait")
        self.assertTrue(self._events("backorder.chosen", self.gadget))

    def test_preference_of_the_customer(self):
        self.customer.backorder_preference = "substitute"
        order = self._confirm((self.product, 2))
        self.assertEqual(order.backorder_preference, "substitute")
        backorder = self._find(order).sudo()
        self._run_job()
        self.assertEqual(backorder.choice_ids.origin, "preference")
        self._run_job(hours=2)
        self.assertEqual(
            order.order_line.filtered("product_uom_qty").product_id, self.instead
        )

    def test_preference_without_a_substitute(self):
        self.customer.backorder_preference = "substitute"
        order = self._confirm((self.widget, 2))
        self._run_job()
        self.assertEqual(self._find(order).sudo().choice_ids.choice, "wait")

    # === Rights === #

    def test_nobody_forges_a_choice(self):
        choice = self._choose(gadget="wait")
        self.assertEqual(choice.with_user(self.salesman).chosen_by, "Paula")
        for user in (self.salesman, self.manager, self.storeman):
            refused = AccessError, OwnFieldError
            with self.subTest(user=user.login), self.assertRaises(refused):
                choice.with_user(user).write({"choice": "cancel"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                choice.with_user(user).unlink()
        with self.assertRaises(OwnFieldError):
            choice.write({"choice": "cancel"})
        with self.assertRaises(AccessError):
            choice.with_user(self.portal_user).read(["choice"])

    def test_switched_off(self):
        self.company.sales_backorder_ask = False
        self.assertFalse(self.order._get_choice_rows())
        with self.assertRaises(SelfServiceError):
            self._choose(gadget="cancel")


@tagged("post_install", "-at_install")
class TestChoicePage(ChoiceCommon, HttpCase):
    """The page behind the link: opening it decides nothing."""

    def setUp(self):
        super().setUp()
        self.url = self.order.sudo().get_portal_url(suffix="/backorder")

    def _open(self, url=None):
        response = self.url_open(url or self.url)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def _post(self, page, **data):
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        response = self.url_open(self.url, data={"csrf_token": token, **data})
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def test_choose_and_undo(self):
        page = self._open()
        rows = page.xpath("//form[contains(@class, 'o_sales_backorder_row')]")
        self.assertEqual(len(rows), 2)
        self.assertIn("Take Test Instead instead", page.text_content())
        self.assertFalse(self.gadget.choice_ids)
        name = f"choice_{self.gadget.id}"
        page = self._post(page, step="choose", **{name: self.take})
        self.assertEqual(self.gadget.choice_ids.choice, "substitute")
        self.assertFalse(self.order.sudo().change_ids)
        self.assertTrue(page.xpath("//*[contains(@class, 'o_sales_chosen')]"))
        choice = self.gadget.choice_ids
        self._post(page, step="undo", choice_id=choice.id)
        self.assertEqual(choice.state, "undone")

    def test_get_never_decides(self):
        self._open(f"{self.url}&step=choose&choice_{self.gadget.id}=cancel")
        self.assertFalse(self.gadget.choice_ids)

    def test_without_the_token(self):
        response = self.url_open(f"/my/orders/{self.order.id}/backorder")
        self.assertNotIn("Test Gadget", response.text)
        response = self.url_open(
            f"/my/orders/{self.order.id}/backorder?access_token=wrong"
        )
        self.assertNotIn("Test Gadget", response.text)

    def test_without_csrf_token(self):
        name = f"choice_{self.gadget.id}"
        response = self.url_open(self.url, data={"step": "choose", name: "cancel"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.gadget.choice_ids)

    def test_refusal_is_shown(self):
        page = self._open()
        name = f"choice_{self.gadget.id}"
        page = self._post(page, step="choose", **{name: "steal"})
        self.assertIn("cannot be chosen", page.text_content())
        self.assertFalse(self.gadget.choice_ids)

    def test_button_on_the_order(self):
        page = self._open(self.order.sudo().get_portal_url())
        link = page.xpath("//a[contains(@class, 'o_sales_backorder_choose')]/@href")[0]
        self.assertIn("/backorder", link)
        self.company.sales_backorder_ask = False
        page = self._open(self.order.sudo().get_portal_url())
        self.assertFalse(
            page.xpath("//a[contains(@class, 'o_sales_backorder_choose')]")
        )

    def test_link_in_the_email(self):
        self.assertIn("/backorder?", self.order.sudo()._get_backorder_url())
