from odoo.fields import Command
from odoo.tests import tagged

from .common import SelfServiceCommon


@tagged("post_install", "-at_install")
class TestPortalSpecial(SelfServiceCommon):
    """The customer's form has the special requests that are for him, with their fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.change.policy"].search([]).active = False
        cls.env["sales.change.policy"].create(
            {
                "name": "Web",
                "company_id": cls.company.id,
                "change_kind_ids": [
                    Command.clear(),
                    Command.create(
                        {"kind": "special", "is_free": True, "is_for_customer": True}
                    ),
                ],
            }
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Gifts", "user_id": cls.colleague.id, "company_id": cls.company.id}
        )
        cls.wrap = cls.env["sales.change.request.type"].create(
            {
                "name": "Gift wrap",
                "description": "We wrap it by hand",
                "team_id": cls.team.id,
                "is_for_customer": True,
                "sla_hours": 2,
                "value_definition": [
                    {
                        "name": "colour",
                        "string": "Colour",
                        "type": "selection",
                        "selection": [["red", "Red"], ["blue", "Blue"]],
                    },
                    {"name": "card", "string": "Text of the card", "type": "char"},
                ],
            }
        )
        cls.inside = cls.wrap.copy({"name": "For colleagues", "is_for_customer": False})

    def _wish(self, **values):
        name = f"special_{self.wrap.id}"
        return {name: "1"} | {f"{name}_{key}": value for key, value in values.items()}

    def _send(self, order, **data):
        page = self._post(order, "/change", step="preview", **data)
        shown = page.text.split('name="shown" value="')[1].split('"')[0]
        return self._post(order, "/change", page, step="submit", shown=shown, **data)

    def test_form_shows_type_and_fields(self):
        order = self._confirmed((self.product, 4))
        page = self._browse(self._link(order, "/change")).text
        for text in ("Gift wrap", "We wrap it by hand", "Colour", "Red", "Text of the"):
            self.assertIn(text, page)
        self.assertNotIn("For colleagues", page)

    def test_sent_to_its_team(self):
        order = self._confirmed((self.product, 4))
        page = self._send(order, **self._wish(colour="red", card="For <b>Paula</b>"))
        self.assertIn("we have your change", page.text)
        self.assertIn("Colour: Red", page.text)
        self.assertNotIn("<b>Paula", page.text)
        change = order.sudo().change_ids
        self.assertEqual((change.state, change.channel), ("submitted", "portal"))
        self.assertEqual(change.request_team_id, self.team)
        self.assertEqual(change.activity_ids.user_id, self.colleague)
        self.assertTrue(change.request_due)
        line = change.line_ids.with_context(property_selection_get_key=True)
        values = dict(line.request_values)
        self.assertEqual(
            (values["colour"], values["card"]), ("red", "For <b>Paula</b>")
        )

    def test_what_is_not_offered_is_not_read(self):
        order = self._confirmed((self.product, 4))
        page = self._post(
            order, "/change", step="preview", **{f"special_{self.inside.id}": "1"}
        )
        self.assertIn("Nothing is different yet", page.text)
        page = self._post(order, "/change", step="preview", **self._wish(colour="pink"))
        self.assertIn("choose one of the list", page.text)
        self.assertFalse(order.sudo().change_ids)
