from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestLanguage(ApprovalCommon):
    """The same request, read by a French and by a German approver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["res.lang"]
        for code in ("fr_FR", "de_DE"):
            installed._activate_lang(code)
        cls.env["ir.module.module"].search(
            [("name", "=", "sales_approval_plus")]
        )._update_translations(["fr_FR", "de_DE"])
        cls.policy.with_context(lang="fr_FR").name = "Remise importante"
        cls.policy.with_context(lang="de_DE").name = "Hoher Rabatt"
        cls.ann.lang = "fr_FR"
        cls.bob.lang = "de_DE"
        cls.role.user_ids += cls.bob

    def test_to_do_list_and_mail_of_each_approver(self):
        order = self._new_submitted()
        request = self._get_request(order)
        activities = request.activity_ids.grouped("user_id")
        self.assertIn("Remise importante", activities[self.ann].note)
        self.assertIn("Hoher Rabatt", activities[self.bob].note)
        self.assertNotIn("High discount", activities[self.ann].note)
        for user, text in ((self.ann, "Remise importante"), (self.bob, "Hoher Rabatt")):
            mine = request.with_user(user).with_context(lang=user.lang)
            self.assertIn(text, mine.reason_text)
        for user, text in ((self.ann, "Remise importante"), (self.bob, "Hoher Rabatt")):
            messages = self.env["mail.message"].search(
                [
                    ("model", "=", request._name),
                    ("res_id", "=", request.id),
                    ("partner_ids", "in", user.partner_id.ids),
                ]
            )
            self.assertIn(text, "".join(messages.mapped("body")))

    def test_form(self):
        """Labels come from the translations that ship with the addon."""
        for user, word in ((self.ann, "Approuver"), (self.bob, "Freigeben")):
            requests = self.env["sales.approval.request"].with_user(user)
            arch = requests.with_context(lang=user.lang).get_view(view_type="form")
            self.assertIn(f'string="{word}"', arch["arch"])

    def test_the_salesperson_reads_his_own(self):
        order = self._new_submitted()
        self.assertEqual(
            self._get_request(order).with_context(lang="en_US")._get_reasons(),
            ["High discount: Discount from the sales prices 20.00% (from 15.00%)"],
        )

    def test_templates_are_loaded_where_requests_exist(self):
        """An update tries them on a request, without anybody who receives them."""
        order = self._new_submitted()
        self._get_request(order).line_ids.due_at = "2026-01-01 12:00:00"
        for name in ("asked", "reminder"):
            template = self.env.ref(
                f"sales_approval_plus.mail_template_approval_{name}"
            )
            copy = template.copy()
            copy.write({"body_html": template.body_html, "subject": template.subject})
            self.assertIn("format_datetime", copy.body_html)
