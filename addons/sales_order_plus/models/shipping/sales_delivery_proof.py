import base64
import binascii

from odoo import api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from ...exceptions import DeliveryError

MAX_PHOTOS = 10
MAX_PHOTO_SIZE = 10 * 1024 * 1024


class SalesDeliveryProof(models.Model):
    """Who took the goods, when and where; a record that is never changed."""

    _name = "sales.delivery.proof"
    _description = "Proof of Delivery"
    _order = "confirmed_on desc, id desc"
    _rec_name = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        required=True,
        index=True,
        ondelete="restrict",
        help="The delivery that arrived.",
    )
    order_id = fields.Many2one(
        "sale.order",
        related="picking_id.sale_id",
        store=True,
        index="btree_not_null",
        help="The order that was delivered.",
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    method = fields.Selection(
        selection=[
            ("driver", "Driver"),
            ("warehouse", "Warehouse"),
            ("customer", "Customer"),
        ],
        required=True,
        readonly=True,
        default="warehouse",
        help="Who recorded it.",
    )
    signed_by = fields.Char(help="Name of the person who took the goods.")
    signature = fields.Image(
        max_width=1024, max_height=1024, help="Signature of that person."
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        string="Photos",
        help="Photos of the goods where they were left.",
    )
    has_position = fields.Boolean(help="Whether the position was recorded.")
    latitude = fields.Float(digits=(10, 7), help="Degrees north of the equator.")
    longitude = fields.Float(digits=(10, 7), help="Degrees east of Greenwich.")
    map_url = fields.Char(
        string="Map",
        compute="_compute_map_url",
        help="Link to the position on a map.",
    )
    confirmed_on = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="When the goods were taken.",
    )
    external_id = fields.Char(
        string="External Number",
        readonly=True,
        help="Number of the driver's app; the same number is recorded once.",
    )
    note = fields.Text(help="Such as damage that was seen.")

    _external_uniq = models.UniqueIndex(
        "(picking_id, external_id) WHERE external_id IS NOT NULL",
        "External Number: this proof is recorded already.",
    )
    _position_range = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude must be -90 to 90, longitude -180 to 180.",
    )

    @api.depends("has_position", "latitude", "longitude")
    def _compute_map_url(self):
        for proof in self:
            proof.map_url = (
                f"https://www.openstreetmap.org/?mlat={proof.latitude:.6f}"
                f"&mlon={proof.longitude:.6f}#map=17"
                if proof.has_position
                else False
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("latitude") or vals.get("longitude"):
                vals.setdefault("has_position", True)
        proofs = super().create(vals_list)
        for proof in proofs:
            proof._check_delivered()
            # sudo: uploaded photos belong to nobody until they hang on the proof.
            proof.photo_ids.sudo().write({"res_model": self._name, "res_id": proof.id})
            proof.photo_ids.sudo().generate_access_token()
        proofs._tell_order()
        return proofs

    def write(self, vals):
        """Refuse changes of what was recorded; related fields may follow."""
        self.check_access("write")
        if not vals.keys() <= {"order_id", "company_id"}:
            raise DeliveryError(
                self.env._("A proof of delivery cannot be changed. Record another one.")
            )
        return super().write(vals)

    def _check_delivered(self):
        self.ensure_one()
        picking = self.picking_id
        if picking.picking_type_code in ("outgoing", "dropship") and (
            picking.state == "done"
        ):
            return
        raise DeliveryError(
            self.env._(
                "Delivery: %(picking)s has not left. Validate it first.",
                picking=picking.name,
            ),
            field="picking_id",
        )

    def _tell_order(self):
        for proof in self.filtered("order_id"):
            # sudo: drivers and customers may not write in the chatter of the order.
            order = proof.order_id.sudo()
            order._log_event(
                "order.delivery_proved",
                picking=proof.picking_id.name,
                method=proof.method,
                signed_by=proof.signed_by or "",
            )

    # === Recording over RPC === #

    @api.model
    def _record(self, picking, vals, photos=()):
        """Record a proof once.

        :param picking: the delivery
        :param dict vals: fields of the proof; ``external_id`` makes it repeatable
        :param photos: base64 texts of images
        :return: (proof, whether it is new)
        """
        known = vals.get("external_id") and self.search(
            [
                ("picking_id", "=", picking.id),
                ("external_id", "=", vals["external_id"]),
            ],
            limit=1,
        )
        if known:
            return known, False
        self._check_position(vals)
        if vals.get("signature"):
            self._read_image("signature", vals["signature"])
        attachments = self._create_photos(picking, photos)
        proof = self.create(
            {
                **vals,
                "picking_id": picking.id,
                "photo_ids": [fields.Command.set(attachments.ids)],
            }
        )
        return proof, True

    @api.model
    def _check_position(self, vals):
        for field, limit in (("latitude", 90), ("longitude", 180)):
            if not -limit <= (vals.get(field) or 0.0) <= limit:
                raise DeliveryError(
                    self.env._(
                        "%(field)s: enter -%(limit)s to %(limit)s degrees.",
                        field=field,
                        limit=limit,
                    ),
                    field=field,
                )

    @api.model
    def _create_photos(self, picking, photos):
        if len(photos) > MAX_PHOTOS:
            raise DeliveryError(
                self.env._("photos: send at most %(count)s.", count=MAX_PHOTOS),
                field="photos",
            )
        vals_list = []
        for number, photo in enumerate(photos, start=1):
            raw, mimetype = self._read_image("photos", photo)
            extension = mimetype.partition("/")[2]
            vals_list.append(
                {
                    "name": f"{picking.name} {number}.{extension}".replace("/", "-"),
                    "raw": raw,
                    "mimetype": mimetype,
                }
            )
        # sudo: who records a proof need not be allowed to add other attachments.
        return self.env["ir.attachment"].sudo().create(vals_list)

    @api.model
    def _read_image(self, field, text):
        """Return (bytes, MIME type) of a base64 text, or refuse what is no image."""
        try:
            raw = base64.b64decode(text or "", validate=True)
        except (binascii.Error, ValueError, TypeError):
            raw = b""
        mimetype = guess_mimetype(raw) if raw else ""
        allowed = ("image/png", "image/jpeg", "image/gif", "image/webp")
        if mimetype not in allowed or len(raw) > MAX_PHOTO_SIZE:
            raise DeliveryError(
                self.env._(
                    "%(field)s: send PNG, JPEG, GIF or WebP of at most 10 MB as base64.",
                    field=field,
                ),
                field=field,
            )
        return raw, mimetype
