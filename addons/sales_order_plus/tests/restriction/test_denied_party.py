import base64
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...exceptions import AppendOnlyError, RestrictionError
from ...models.restriction.party_index import PartyIndex, get_similarity, normalize
from ..common import SIGNATURE
from .common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestDeniedParty(RestrictionCommon):
    def _list_party(self, **values):
        return self._new_entry(
            "sales.denied.party",
            self.officer,
            **{
                "name": "Volkov Trading LLC",
                "list_name": "EU list",
                "legal_reference": "Regulation 269/2014",
                **values,
            },
        )

    def _new_order_of(self, name, **values):
        self.customer.name = name
        return self._new_order(**values)

    # === Names === #

    def test_names_as_compared(self):
        self.assertEqual(normalize("Müller & Söhne GmbH"), "muller sohne")
        self.assertEqual(normalize("Trading, VOLKOV L.L.C."), "trading volkov")
        self.assertEqual(normalize("Ltd"), "ltd")
        self.assertEqual(normalize(False), "")

    def test_similarity(self):
        def alike(one, other):
            return get_similarity(normalize(one), normalize(other))

        self.assertEqual(alike("Ivan Petrov", "PETROV, Ivan"), 1)
        self.assertGreater(alike("Ivan Petrov", "Ivan Sergeevich Petrov"), 0.9)
        self.assertGreater(alike("Volkov Trading", "Volkow Trading Ltd"), 0.85)
        self.assertLess(alike("Volkov Trading", "Walker Trading"), 0.85)
        self.assertLess(alike("Smith", "John Smith Peters"), 0.85)

    def test_a_long_list_is_not_read_through(self):
        """Of 20,000 names only those are compared that look like it at all."""
        rows = [(n, normalize(f"Name{n % 97} Family{n} Works")) for n in range(20000)]
        index = PartyIndex([*rows, (20000, "trading volkov")])
        similarity = f"{PartyIndex.__module__}.get_similarity"
        with patch(similarity, side_effect=get_similarity) as compared:
            found = index.find("trading volkow", 0.85)
        self.assertLess(compared.call_count, 20)
        self.assertEqual([id_ for id_, _name, _similarity in found], [20000])

    # === Orders === #

    def test_held_with_score(self):
        self._list_party()
        order = self._new_order_of("Volkow Trading Ltd")
        text = self._assert_refused_everywhere(order, "denied_party")
        self.assertRegex(text, r"9\d(\.\d)? % like Volkov Trading LLC, EU list")
        self.assertIn("Regulation 269/2014", text)
        self.assertEqual(order.guard_state, "waiting")
        self._assert_confirms(self._new_order_of("Walker Gardens"))

    def test_alias_and_addresses(self):
        self._list_party(name="Nothing Alike", aliases="Red Star Shipping\nOther One")
        self.assertEqual(
            self._get_codes(self._new_order_of("Red Star Shipping")), ["denied_party"]
        )
        order = self._new_order_of("Walker", partner_shipping_id=self.address.id)
        self.assertFalse(self._get_codes(order))
        self.address.name = "Redstar Shipping"
        self.assertEqual(self._get_codes(order), ["denied_party"])

    def test_other_country_is_less_likely(self):
        self._list_party(country_id=self.env.ref("base.ru").id)
        order = self._new_order_of("Volkov Tradings")
        self.assertEqual(self._get_codes(order), ["denied_party"])
        self.customer.country_id = self.abroad
        self.assertFalse(self._get_codes(order))

    def test_list_changes(self):
        party = self._list_party()
        order = self._new_order_of("Volkov Trading")
        self.assertEqual(self._get_codes(order), ["denied_party"])
        party.name = "Somebody Else"
        self.assertFalse(self._get_codes(order))
        party.name = "Volkov Trading"
        party.active = False
        self.assertFalse(self._get_codes(order))

    # === Clearing === #

    def test_officer_clears_for_ninety_days(self):
        self._list_party()
        order = self._new_order_of("Volkov Trading")
        action = order.with_user(self.officer).action_open_party_clearance()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.officer)
            .create({"order_id": order.id, "reason": "Other owner, register seen"})
        )
        self.assertIn("100 % like Volkov Trading LLC", wizard.finding)
        wizard.action_clear()
        row = self.env["sales.party.clearance"].search(
            [("order_id", "=", order.id)], limit=1
        )
        self.assertRecordValues(
            row,
            [
                {
                    "user_id": self.officer.id,
                    "score": 100,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self._assert_confirms(order)
        self._assert_confirms(self._new_order())
        later = self._new_order()
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self._assert_refused(later, "denied_party")

    def test_clearance_dies_with_the_name(self):
        party = self._list_party()
        order = self._new_order_of("Volkov Trading")
        order.with_user(self.officer).action_clear_parties(reason="Somebody else")
        self.assertFalse(self._get_codes(order))
        self.customer.name = "Volkov Tradings"
        self.assertEqual(self._get_codes(order), ["denied_party"])
        self.customer.name = "Volkov Trading"
        party.name = "Volkov Tradings"
        self.assertEqual(self._get_codes(order), ["denied_party"])

    def test_cleared_order_of_waiting_customer_confirms(self):
        self._list_party()
        order = self._new_order_of(
            "Volkov Trading", require_signature=True, require_payment=False
        )
        order.action_quotation_sent()
        order.sudo().write({"signature": SIGNATURE, "signed_by": "Me"})
        order.sudo()._validate_order()
        self.assertTrue(order.hold_since)
        told = order.activity_ids.filtered(
            lambda one: "Clear the contacts" in one.summary
        )
        group = self.env.ref("sales_order_plus.group_compliance_officer")
        self.assertIn(told.user_id, group.all_user_ids)
        order.with_user(self.officer).action_clear_parties(reason="Somebody else")
        self.assertEqual(order.state, "sale")

    def test_only_officers_and_only_with_a_reason(self):
        self._list_party()
        order = self._new_order_of("Volkov Trading")
        for user in (self.salesman, self.colleague):
            with self.assertRaises(AccessError), self.cr.savepoint():
                order.with_user(user).action_clear_parties(reason="Mine")
        with self.assertRaises(RestrictionError), self.cr.savepoint():
            order.with_user(self.officer).action_clear_parties(reason="  ")
        rows = self.env["sales.party.clearance"].with_user(self.officer)
        with self.assertRaises(AccessError), self.cr.savepoint():
            rows.create({"partner_id": self.customer.id})
        order.with_user(self.officer).action_clear_parties(reason="Somebody else")
        row = rows.search([("order_id", "=", order.id)], limit=1)
        for change in (lambda: row.sudo().write({"score": 1}), row.sudo().unlink):
            with self.assertRaises(AppendOnlyError), self.cr.savepoint():
                change()
        with self.assertRaises(RestrictionError), self.cr.savepoint():
            order.with_user(self.officer).action_clear_parties(reason="Again")

    def test_imported_list(self):
        result = (
            self.env["sales.denied.party"]
            .with_user(self.officer)
            .load(["name", "list_name"], [["Volkov Trading", "UN"], ["Nobody", "UN"]])
        )
        self.assertFalse(result["messages"])
        self.assertEqual(
            self._get_codes(self._new_order_of("Volkov Trading")), ["denied_party"]
        )

    # === Documents and the law === #

    def test_missing_licence_blocks_and_names_the_law(self):
        self._new_check(
            "document",
            document_kind="licence",
            category="compliance",
            categ_ids=self.spirits.ids,
            legal_reference="Alcohol Act § 4",
            jurisdiction="Germany",
        )
        self._assert_confirms(self._new_order())
        order = self._new_order((self.brandy, 1))
        text = self._assert_refused_everywhere(order, "document")
        self.assertIn("Licence or permit", text)
        self.assertIn("(Alcohol Act § 4, Germany)", text)
        self.env["sales.order.document"].with_user(self.salesman).create(
            {
                "name": "licence.pdf",
                "order_id": order.id,
                "file": base64.b64encode(b"%PDF-1.4"),
                "kind": "licence",
            }
        )
        self._assert_confirms(order)

    def test_several_documents(self):
        rules = self.env["sales.validation.rule"].with_user(self.manager)
        # What the manager sees in the list of the field.
        kinds = self.env["ir.model.fields.selection"].with_user(self.manager)
        domain = rules.fields_get(["document_kind_ids"])["document_kind_ids"]["domain"]
        found = dict(kinds.name_search(domain=domain))
        self.assertIn("Licence or permit", found.values())
        chosen = [id_ for id_, n in found.items() if n in ("Contract", "Customs paper")]
        rule = self._new_check(
            "document", document_kind="licence", document_kind_ids=chosen
        )
        self.assertEqual(len(rule.document_kind_ids.mapped("display_name")), 2)
        order = self._new_order()
        documents = self.env["sales.order.document"].with_user(self.salesman)
        vals = {"order_id": order.id, "file": base64.b64encode(b"%PDF-1.4")}
        for number, kind in enumerate(("customs", "licence", "contract")):
            self._assert_refused(order, *["document"] * (3 - number))
            documents.create({**vals, "name": f"{kind}.pdf", "kind": kind})
        self._assert_confirms(order)

    def test_refused_at_delivery_when_listed_later(self):
        self._set_stock(self.product, 5)
        order = self._new_order_of("Volkov Trading")
        self._assert_confirms(order)
        self._list_party()
        picking = order.picking_ids.with_user(self.storeman)
        with self.assertRaisesRegex(UserError, "Volkov"), self.cr.savepoint():
            picking.button_validate()
