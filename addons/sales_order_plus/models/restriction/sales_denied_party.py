from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import ormcache

from .party_index import PartyIndex, get_forms, normalize

LEAST = 0.6
# The same name in another country is less likely the same party.
OTHER_COUNTRY = 0.85


@dataclass(frozen=True)
class PartyMatch:
    """A contact whose name is like a listed one.

    :param partner: the contact
    :param party: the entry of the list
    :param name: normalized name of the contact
    :param listed_name: normalized name of the entry
    :param score: how alike they are, from 0 to 100
    """

    partner: object
    party: object
    name: str
    listed_name: str
    score: float

    @property
    def key(self):
        """What a clearance is about; another name is another case."""
        return (self.partner.id, self.party.id, self.name, self.listed_name)


class SalesDeniedParty(models.Model):
    """Somebody nobody may deal with, from a list such as that of a government."""

    _name = "sales.denied.party"
    _description = "Denied Party"
    _inherit = ["sales.cached.mixin", "sales.restriction.mixin"]
    _order = "name, id"
    _check_key = "denied_party"

    name = fields.Char(translate=False, help="Name on the list.")
    aliases = fields.Text(help="Other names, one a line.")
    country_id = fields.Many2one(
        "res.country",
        help="Contacts in another country are less likely the same; empty: unknown.",
    )
    list_name = fields.Char(string="List", help="The list it comes from.")
    reference = fields.Char(help="Number on the list.")

    # === Screening === #

    @api.model
    def _screen_party(self, partner):
        """Return the :class:`PartyMatch` objects of one contact.

        A service that screens extends this. It asks for the country of ``partner``
        and its name, and gives entries of the list back.
        """
        name = normalize(partner.name)
        matches = []
        for party_id, listed, similarity in self._find_similar(partner.name):
            party = self.sudo().browse(party_id)
            known, country = party.country_id, partner.country_id
            factor = OTHER_COUNTRY if known and country and known != country else 1
            score = round(100 * similarity * factor, 1)
            matches.append(PartyMatch(partner, party, name, listed, score))
        return matches

    @api.model
    @ormcache("name", "self._get_version()")
    def _find_similar(self, name):
        """Return ((party id, listed name, similarity)), the best name of each party."""
        best = {}
        index = self._get_index()
        found = (row for form in get_forms(name) for row in index.find(form, LEAST))
        for id_, listed, similarity in sorted(found):
            if similarity > best.get(id_, ("", 0))[1]:
                best[id_] = (listed, similarity)
        return tuple((id_, *match) for id_, match in best.items())

    @api.model
    @ormcache("self._get_version()")
    def _get_index(self):
        # sudo: who sells is screened against the whole list.
        parties = self.sudo().search_fetch([], ["name", "aliases"])
        return PartyIndex(
            (party.id, name) for party in parties for name in party._get_names()
        )

    def _get_names(self):
        """Return the names of the party in the forms they are compared in."""
        self.ensure_one()
        names = [self.name, *(self.aliases or "").splitlines()]
        return set().union(*map(get_forms, names))
