from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_order import OrderCommon


@tagged("post_install", "-at_install")
class TestPromotion(OrderCommon):
    def test_turnover_of_a_promotion(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Summer",
                "program_type": "promo_code",
                "trigger": "with_code",
                "rule_ids": [Command.create({"mode": "with_code", "code": "SUMMER"})],
                "reward_ids": [
                    Command.create({"reward_type": "discount", "discount": 10})
                ],
            }
        )
        order = self._new_order((self.product, 2))
        [(coupon, rewards)] = order._try_apply_code("SUMMER").items()
        order._apply_program_reward(rewards, coupon)
        self.assertEqual(order.promotion_ids, program)
        self.assertEqual(order.promotion_id, program)
        self.env.flush_all()
        report = self.env["sale.report"].with_user(self.manager)
        groups = report._read_group(
            [("order_reference", "=", f"sale.order,{order.id}")],
            ["promotion_id"],
            ["price_subtotal:sum"],
        )
        self.assertEqual(groups, [(program, 180)])

    def test_no_promotion(self):
        order = self._new_order((self.product, 2))
        self.assertFalse(order.promotion_ids | order.promotion_id)


@tagged("post_install", "-at_install")
class TestAffiliate(OrderCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Acme"})
        cls.affiliate = (
            cls.env["sales.affiliate"]
            .with_user(cls.manager)
            .create({"code": "TACME", "partner_id": cls.partner.id, "rate": 5})
        )

    def _sign(self, order, query="", login=None):
        """Open the quotation by the customer's link and accept it."""
        if login:
            self.authenticate(login, login)
        url = f"/my/orders/{order.id}"
        token = order.sudo()._portal_ensure_token()
        self.env.flush_all()
        self.url_open(f"{url}?access_token={token}{query}")
        signature = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
        params = {"access_token": token, "name": "Me", "signature": signature}
        result = self.make_jsonrpc_request(f"{url}/accept", params)
        self.assertTrue(result.get("force_refresh"), result)

    def _new_quotation(self, **values):
        order = self._new_order(
            (self.service, 2), require_signature=True, require_payment=False, **values
        )
        order.action_quotation_sent()
        return order

    def _pay(self, order, refund=False):
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        return invoice

    def test_link_of_the_affiliate(self):
        order = self._new_quotation()
        self._sign(order, "&aff=TACME")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.affiliate_id, self.affiliate)
        self.assertEqual(order.affiliate_code, "TACME")

    def test_remembered_for_the_next_order(self):
        self._sign(self._new_quotation(), "&aff=tacme")
        order = self._new_quotation()
        self._sign(order)
        self.assertEqual(order.affiliate_id, self.affiliate)

    def test_no_link_nobody(self):
        order = self._new_quotation()
        self._sign(order)
        self.assertFalse(order.affiliate_id)

    def test_unknown_or_ended(self):
        self.affiliate.date_to = "2020-01-01"
        for code in ("TACME", "NOBODY"):
            order = self._new_quotation()
            self._sign(order, f"&aff={code}")
            self.assertFalse(order.affiliate_id)

    def test_nobody_earns_on_his_own_orders(self):
        self.affiliate.partner_id = self.customer
        order = self._new_quotation()
        self._sign(order, "&aff=TACME")
        self.assertFalse(order.affiliate_id)

    def test_paid_invoice_earns_a_commission(self):
        order = self._new_order((self.service, 2), affiliate_id=self.affiliate.id)
        order.action_confirm()
        self.assertFalse(self.affiliate.commission_ids)
        invoice = self._pay(order)
        self.assertRecordValues(
            self.affiliate.sudo().commission_ids,
            [{"move_id": invoice.id, "base": 100, "rate": 5, "amount": 5}],
        )
        invoice._invoice_paid_hook()
        self.assertEqual(len(self.affiliate.sudo().commission_ids), 1)

    def test_credit_note_takes_it_back(self):
        order = self._new_order((self.service, 2), affiliate_id=self.affiliate.id)
        order.action_confirm()
        invoice = self._pay(order)
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=refund.ids
        ).create({})._create_payments()
        amounts = self.affiliate.sudo().commission_ids.mapped("amount")
        self.assertEqual(sorted(amounts), [-5, 5])

    def test_commissions_are_for_managers(self):
        order = self._new_order((self.service, 2), affiliate_id=self.affiliate.id)
        order.action_confirm()
        self._pay(order)
        commission = self.affiliate.sudo().commission_ids
        commission.with_user(self.manager).read(["amount"])
        with self.assertRaises(AccessError):
            commission.with_user(self.salesman).read(["amount"])
        with self.assertRaises(AccessError):
            commission.with_user(self.manager).unlink()

    @mute_logger("odoo.sql_db")
    def test_code_is_one_whatever_its_case(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.affiliate.copy({"code": "tacme"})
