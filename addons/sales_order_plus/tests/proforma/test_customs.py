import io
import zipfile

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_open

from ...exceptions import CustomsError, GuardError
from .common_customs import CustomsCommon
from .test_proforma_print import get_text


@tagged("post_install", "-at_install")
class TestCustoms(CustomsCommon):
    """Export papers tell what left, and customs get nothing incomplete."""

    # === The order === #

    def test_order_tells_what_is_missing(self):
        order = self._new_order((self.goods, 1), (self.fair, 1))
        self.assertTrue(order.is_international)
        self.assertIn("France", order.international_route)
        self.assertIn("[SCARF] Silk Scarf, Poster", order.export_missing)
        self.assertIn("Incoterm", order.export_missing)
        self._complete()
        order.incoterm = self.env.ref("account.incoterm_DDP")
        order.invalidate_recordset()
        self.assertFalse(order.export_missing)
        self.assertEqual(order.duties_payer, "seller")

    def test_notice_names_some_goods(self):
        order = self._new_order((self.goods, 1), (self.product, 1))
        third = self._new_product("Third", 1)
        more = order._get_some_names(self.goods + self.product + third)
        names = f"{self.goods.display_name}, {self.product.display_name}"
        self.assertEqual(more, f"{names} and 1 more")
        self.assertEqual(order._get_some_names(third), "Third")

    def test_notice_only_where_customs_are_in_use(self):
        """Who never asked for customs papers is not told what they would lack."""
        self.env["sales.duty.rule"].search([]).active = False
        order = self._new_order((self.goods, 1)).with_user(self.salesman)
        self.assertTrue(order.export_missing)
        self.assertFalse(order.customs_notice)
        order.action_customs_documents()
        order.invalidate_recordset()
        scarf = f"({self.goods.display_name})"
        lacking = f"HS Code {scarf}, Origin of Goods {scarf}, Incoterm"
        self.assertIn(lacking, order.customs_notice)
        self.assertNotIn("\n", order.customs_notice)
        self._complete()
        order.incoterm = self.env.ref("account.incoterm_DAP")
        order.invalidate_recordset()
        self.assertEqual(order.customs_notice, order.international_route)

    def test_notice_where_duties_are_known(self):
        rules = self.env["sales.duty.rule"]
        rules.search([]).active = False
        order = self._new_order((self.goods, 1)).with_user(self.salesman)
        self.assertFalse(order.customs_notice)
        rules.create(
            {
                "name": "Tariff",
                "country_ids": [Command.link(self.env.ref("base.fr").id)],
                "percent": 10,
            }
        )
        order.invalidate_recordset()
        self.assertIn(f"HS Code ({self.goods.display_name})", order.customs_notice)

    def test_notice_by_setting(self):
        self.env["sales.duty.rule"].search([]).active = False
        order = self._new_order((self.goods, 1)).with_user(self.salesman)
        self.assertFalse(order.customs_notice)
        self.company.export_check = True
        order.invalidate_recordset()
        self.assertIn("France", order.customs_notice)
        self.customer.country_id = self.env.ref("base.us")
        order.invalidate_recordset()
        self.assertFalse(order.customs_notice)

    def test_domestic_order(self):
        self.customer.country_id = self.env.ref("base.us")
        order = self._new_order((self.goods, 1))
        self.assertFalse(order.is_international)
        self.assertFalse(order.export_missing)
        order.action_confirm()

    def test_incoterm_before_confirm(self):
        order = self._new_order((self.goods, 1))
        self.assertNotEqual(order.guard_state, "blocked")
        self.company.export_check = True
        with self.assertRaisesRegex(GuardError, "Incoterm"):
            order.action_confirm()
        with self.assertRaises(GuardError), self.cr.savepoint():
            order.write({"state": "sale"})
        order.incoterm = self.env.ref("account.incoterm_DAP")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _prepare_rule(self, name, duty, **values):
        return {
            "name": name,
            "country_ids": [Command.set(self.france.ids)],
            "percent": duty,
            "vat_percent": 20,
            **values,
        }

    def test_duties(self):
        self._complete()
        self.fair.hs_code = "4911"
        rules = self.env["sales.duty.rule"].with_user(self.manager)
        rules.create(
            [
                self._prepare_rule("All", 3),
                self._prepare_rule("Silk", 8, hs_code_prefix="62.14"),
                self._prepare_rule(
                    "Old", 99, hs_code_prefix="6214.10", date_to="2000-01-01"
                ),
                self._prepare_rule(
                    "Elsewhere",
                    50,
                    hs_code_prefix="6214.10",
                    country_ids=[Command.set(self.italy.ids)],
                ),
            ]
        )
        order = self._new_order((self.goods, 5), (self.fair, 2))
        self.assertRecordValues(
            order.order_line,
            [
                # 200: 8 % duty, 20 % of 216.
                {"duty_estimate": 16.0, "duty_vat_estimate": 43.2},
                # 20: 3 % duty, 20 % of 20.60.
                {"duty_estimate": 0.6, "duty_vat_estimate": 4.12},
            ],
        )
        self.assertAlmostEqual(order.duty_estimate, 16.6, 6)
        self.assertAlmostEqual(order.duty_vat_total, 47.32, 6)
        # Apart from our taxes.
        self.assertEqual(order.amount_tax, 0.0)
        with self.assertRaises(ValidationError):
            rules.create({"name": "Bad", "hs_code_prefix": "silk"})

    # === Export set === #

    def _get_papers(self, record, **values):
        model = self.env["sales.export.set"].with_user(self.salesman)
        form = Form(model.with_context(active_model=record._name, active_id=record.id))
        for name, value in values.items():
            setattr(form, name, value)
        wizard = form.save()
        wizard.action_create()
        content = self._decode(wizard.with_context(bin_size=False).file)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                name.split("-")[0]: "\n".join(get_text(archive.read(name)))
                for name in archive.namelist()
            }

    def test_export_set_of_what_was_shipped(self):
        self._complete()
        order = self._new_shipped(quantity=3)
        papers = self._get_papers(order)
        self.assertEqual(set(papers), {"commercial_invoice", "packing_list"})
        invoice, packing = papers["commercial_invoice"], papers["packing_list"]
        # Three of five scarves and two posters: 0.95 kg, 120 + 20.
        for text in (invoice, packing):
            self.assertIn("3 Units", text)
            self.assertIn("0.950", text)
            self.assertNotIn("5 Units", text)
        for part in ("6214.10", "Italy", "Rue de la Paix 1", "140.00", order.name):
            self.assertIn(part, invoice)
        shipped = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.assertIn(shipped.name, invoice)

    def test_value_of_all_is_the_order(self):
        self._complete()
        order = self._new_shipped(quantity=5)
        self.assertAlmostEqual(order._get_export_value(), order.amount_untaxed, 6)

    def test_language_of_the_set(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.goods.with_context(lang="fr_FR").name = "Foulard de soie"
        self._complete()
        order = self._new_shipped()
        self.assertIn("Silk Scarf", self._get_papers(order)["packing_list"])
        french = self._get_papers(order, lang="fr_FR")["packing_list"]
        self.assertIn("Foulard de soie", french)

    def test_services_have_no_set(self):
        order = self._new_order((self.service, 1))
        with self.assertRaisesRegex(CustomsError, "no goods"):
            self._get_papers(order)

    def test_papers_of_the_delivery(self):
        self._complete()
        order = self._new_shipped(quantity=3)
        report = self.env["ir.actions.report"].with_user(self.storeman)
        for kind in ("commercial_invoice", "packing_list"):
            pdf, _type = report._render_qweb_pdf(
                f"sales_order_plus.action_report_{kind}_picking",
                order.picking_ids.filtered(lambda p: p.state == "done").ids,
            )
            self.assertIn("3 Units", "\n".join(get_text(pdf)))

    # === Declaration === #

    def test_incomplete_is_refused(self):
        declaration = self._declare(self._new_shipped())
        self.assertIn("HS Code", declaration.missing)
        with self.assertRaises(CustomsError) as caught:
            declaration.action_validate()
        message = str(caught.exception)
        self.assertIn("HS Code: missing on [SCARF] Silk Scarf", message)
        self.assertIn("Origin of Goods: missing on Poster", message)
        self.assertIn("Inventory page", message)
        missing = caught.exception.context["missing"]
        self.assertEqual(
            {(one["field"], one["product"]) for one in missing},
            {
                ("hs_code", "[SCARF] Silk Scarf"),
                ("hs_code", "Poster"),
                ("country_of_origin", "[SCARF] Silk Scarf"),
                ("country_of_origin", "Poster"),
            },
        )
        with self.assertRaises(CustomsError):
            declaration._get_trade_document("customs")
        self.assertEqual(declaration.state, "draft")

    def test_form_and_file(self):
        self._complete()
        order = self._new_shipped(quantity=3)
        declaration = self._declare(order)
        declaration.action_validate()
        self.assertRecordValues(
            declaration,
            [{"state": "validated", "total_value": 140.0, "net_weight": 0.95}],
        )
        pdf, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "sales_order_plus.action_report_customs_declaration", declaration.ids
        )
        text = "\n".join(get_text(pdf))
        for part in ("CN 23", "6214.10", "Italy", "3 Units", "0.950", "140.00"):
            self.assertIn(part, text)
        self.assertIn("[X] Sale of goods", text)
        declaration.action_export()
        root = etree.fromstring(
            self._decode(declaration.with_context(bin_size=False).xml_file)
        )
        with file_open(
            "sales_order_plus/data/proforma/customs_declaration.xsd", "rb"
        ) as file:
            schema = etree.XMLSchema(etree.parse(file))
        self.assertTrue(schema.validate(root), schema.error_log)
        space = {"c": "urn:sales-order-plus:customs:1"}
        self.assertEqual(root.findtext("c:totalValue", namespaces=space), "140.00")
        self.assertEqual(
            root.findtext("c:consignee/c:eori", namespaces=space), "FR123456789"
        )
        self.assertEqual(len(root.findall("c:item", space)), 2)

    def test_mrn_closes(self):
        self._complete()
        declaration = self._declare(self._new_shipped())
        with self.assertRaisesRegex(CustomsError, "Status"):
            declaration.mrn = "24US0000000001"
        declaration.action_validate()
        declaration.action_export()
        declaration.mrn = "24US0000000001"
        self.assertEqual(declaration.state, "closed")
        with self.assertRaises(CustomsError):
            declaration.action_draft()
        self.assertEqual(
            self._get_events(declaration),
            ["customs.validated", "customs.exported", "customs.closed"],
        )

    def test_broker_answers_at_once(self):
        self._complete()
        sent = []

        def _customs_transmit(declaration, content):
            sent.append(content)
            return "MRN1"

        self.patch(
            self.env.registry["sales.customs.declaration"],
            "_customs_transmit",
            _customs_transmit,
        )
        declaration = self._declare(self._new_shipped())
        declaration.action_validate()
        declaration.action_export()
        self.assertEqual(len(sent), 1)
        self.assertRecordValues(declaration, [{"state": "closed", "mrn": "MRN1"}])

    def test_content_is_fixed(self):
        self._complete()
        declaration = self._declare(self._new_shipped())
        for vals in ({"state": "closed"}, {"line_ids": [(5,)]}):
            with self.assertRaises(CustomsError), self.cr.savepoint():
                declaration.write(vals)
        declaration.action_validate()
        for vals in ({"gross_weight": 1.0}, {"kind": "cn22"}, {"partner_id": 1}):
            with self.assertRaises(CustomsError), self.cr.savepoint():
                declaration.write(vals)
        with self.assertRaises(CustomsError):
            declaration.unlink()
        declaration.action_draft()
        declaration.gross_weight = 2.0

    def test_file_that_does_not_fit(self):
        self._complete()
        declaration = self._declare(self._new_shipped(), consignee_eori="??")
        declaration.action_validate()
        with self.assertRaisesRegex(CustomsError, "schema"):
            declaration.action_export()
        self.assertEqual(declaration.state, "validated")

    def test_goods_of_others_stay_hidden(self):
        order = self._new_order((self.goods, 5), user=self.colleague)
        with self.assertRaises(AccessError):
            self.env["sales.customs.declaration"].with_user(self.salesman).create(
                {
                    "order_id": order.id,
                    "partner_id": self.customer.id,
                    "currency_id": order.currency_id.id,
                }
            )

    def test_pasted_control_characters(self):
        self._complete()
        self.goods.name = "Silk\x0b Scarf"
        declaration = self._declare(self._new_shipped())
        declaration.action_validate()
        declaration.action_export()
        self.assertTrue(declaration.xml_file)

    def test_weights(self):
        self._complete()
        declaration = self._declare(self._new_shipped(), gross_weight=0.5)
        with self.assertRaisesRegex(CustomsError, "below the net weight"):
            declaration.action_validate()
        declaration.write({"kind": "cn22", "gross_weight": 2.1})
        with self.assertRaisesRegex(CustomsError, "Choose CN 23"):
            declaration.action_validate()
        declaration.write({"kind": "export", "gross_weight": 1.0})
        with self.assertRaisesRegex(CustomsError, "EORI"):
            declaration.action_validate()

    def test_warehouse_declares_its_delivery(self):
        self._complete()
        order = self._new_shipped()
        picking = order.picking_ids.filtered(lambda p: p.state == "done")
        self.assertTrue(picking.with_user(self.storeman).is_export)
        action = picking.with_user(self.storeman).action_customs_documents()
        declaration = (
            self.env["sales.customs.declaration"]
            .with_user(self.storeman)
            .browse(action["res_id"])
        )
        declaration.action_validate()
        self.assertEqual(declaration.picking_id, picking)
        # A second time the same one is opened.
        again = picking.with_user(self.storeman).action_customs_documents()
        self.assertEqual(again["res_id"], declaration.id)
        with self.assertRaises(AccessError):
            declaration.with_user(self.portal_user).read(["name"])
