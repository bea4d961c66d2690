from odoo.exceptions import AccessError
from odoo.orm.models import BaseModel
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, Query


class AskedError(Exception):
    """Raised in the place of asking the database."""


class Listener(Query):
    """A query that only tells what it would select."""

    def select(self, *args):
        raise AskedError(SQL(", ").join(args))


@tagged("post_install", "-at_install")
class TestBaseFetching(TransactionCase):
    """What is read of a row is what Odoo reads of it."""

    def _get_selected(self, fetch, model, fields):
        """Return (columns, parameters, fields that are to be written before)."""
        with self.assertRaises(AskedError) as caught:
            fetch(model, Listener(model.env, model._table), fields)
        [selected] = caught.exception.args
        return selected.code, selected.params, set(selected.to_flush)

    def _assert_same(self, model, names=None):
        fields = model._determine_fields_to_fetch(names)
        if not any(field.column_type and field.name != "id" for field in fields):
            return 0
        ours = self._get_selected(type(model)._fetch_query, model, fields)
        core = self._get_selected(BaseModel._fetch_query, model, fields)
        self.assertEqual(ours, core, model._name)
        return 1

    def _get_models(self):
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if not model._abstract and model._auto
        ]

    def test_same_columns_of_every_model(self):
        checked = sum(map(self._assert_same, self._get_models()))
        self.assertGreater(checked, 300)

    def test_same_columns_with_those_that_are_read_apart(self):
        """Also what depends on the company, and what is rarely read."""
        for model in self._get_models():
            names = [
                name
                for name, field in model._fields.items()
                if field.store and field.column_type and field.type != "binary"
            ]
            self._assert_same(model, names)

    def test_same_columns_in_another_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        products = self.env["product.template"].with_context(lang="de_DE")
        self._assert_same(products)
        fields = [products._fields[name] for name in ("name", "list_price")]
        found = self._get_selected(type(products)._fetch_query, products, fields)
        self.assertIn("de_DE", found[1])

    def test_what_waits_to_be_written_is_not_overwritten(self):
        partner = self.env["res.partner"].create({"name": "Before", "ref": "R-1"})
        self.env.flush_all()
        self.env.invalidate_all()
        partner.name = "After"
        self.assertEqual(partner.ref, "R-1", "read together with the name")
        self.assertEqual(partner.name, "After")

    def test_a_missing_record_is_missing(self):
        partner = self.env["res.partner"].create({"name": "Gone"})
        self.env.flush_all()
        gone = partner.browse(partner.id)
        partner.unlink()
        self.assertFalse(gone._fetch_query(gone._as_query(), [gone._fields["name"]]))

    def test_fields_are_refused_to_who_may_not_read_them(self):
        """Also if somebody asks for them past the usual ways."""
        user = new_test_user(self.env, "tsop_fetch", groups="base.group_user")
        server = self.env["ir.mail_server"].create({"name": "Mail", "smtp_host": "x"})
        field = server._fields["smtp_pass"]
        self.assertEqual(field.groups, "base.group_system")
        self.assertTrue(server._fetch_query(server._as_query(), [field]))
        own = server.with_user(user)
        with self.assertRaises(AccessError):
            own._fetch_query(server._as_query(), [field])

    def test_users_read_more_of_themselves_than_of_others(self):
        """What one may read of himself is not asked of the others."""
        users = self.env["res.users"]
        user, other = users.browse(
            new_test_user(self.env, f"tsop_fetch_{n}", groups="base.group_user").id
            for n in range(2)
        )
        self.assertIn("signature", users._self_accessible_fields()[0])
        self.patch(users._fields["signature"], "groups", "base.group_system")
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        for one in (user, other, user):
            self.env.flush_all()
            self.env.invalidate_all()
            one.with_user(user)._fetch_field(users._fields["login"])
            self.assertEqual(one.with_user(user).login, one.login)
        self.env.invalidate_all()
        self.assertTrue(user.with_user(user).read(["signature"]))
        with self.assertRaises(AccessError):
            other.with_user(user).read(["signature"])

    def test_sizes_of_files(self):
        """Who asks for the size gets the size."""
        attachment = self.env["ir.attachment"]
        stored = attachment.create({"name": "a.txt", "raw": b"12345"})
        stored.db_datas = b"12345"
        self.env.flush_all()
        self.env.invalidate_all()
        sized = stored.with_context(bin_size=True)
        self.assertEqual(sized.db_datas, "5 bytes")

    def test_a_field_is_fetched_with_those_it_is_read_with(self):
        """As Odoo does, but for who wants one alone."""
        partner = self.env["res.partner"].create({"name": "Together", "ref": "R-2"})
        for together, known in ((True, True), (False, False)):
            self.env.flush_all()
            self.env.invalidate_all()
            one = partner.with_context(prefetch_fields=together)
            self.assertEqual(one.name, "Together")
            cached = one._fields["ref"]._get_cache(one.env)
            self.assertEqual(partner.id in cached, known)
