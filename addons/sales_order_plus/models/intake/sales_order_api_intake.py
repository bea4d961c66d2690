from odoo import api, models

from ...exceptions import SalesError
from .intake_order import IntakeLine, IntakeOptions, IntakeOrder
from .intake_values import NUMBER_LIMIT, REFERENCE_LIMIT, CellError, parse_date

MAX_ORDERS = 500
TEXT, NUMBER, LIST = (str,), (int, float), (list,)
ORDER_KEYS = {
    "external_ref": TEXT,
    "customer": (str, int),
    "date": TEXT,
    "client_order_ref": TEXT,
    "currency": TEXT,
    "lines": LIST,
}
LINE_KEYS = {
    "product": (str, int),
    "quantity": NUMBER,
    "price_unit": NUMBER,
    "discount": NUMBER,
}
ORDER_REQUIRED = ("external_ref", "customer", "lines")
LINE_REQUIRED = ("product", "quantity")


class IntakeDataError(SalesError):
    """The data of a call is not of the described form.

    ``context["key"]`` names the place, such as ``orders[3].lines[0].quantity``.
    """

    code = "intake_data"

    def __init__(self, message, key):
        super().__init__(message, key=key)


class SalesOrderApi(models.AbstractModel):
    """Many orders in one call."""

    _inherit = "sales.order.api"

    @api.model
    def import_orders(
        self, *, orders: list, confirm: bool = False, create_missing: bool = False
    ):
        """Take in up to 500 orders, each once under its ``external_ref``.

        The goods of what is confirmed are reserved, as far as they are there, when the
        answer comes: right after the orders are committed, so that calls do not wait
        for each other. Should the server die in between, a scheduled action does it.

        :param list orders: dictionaries with ``external_ref`` (your order number),
            ``customer`` (reference, barcode, e-mail or name; or the id), ``lines`` and
            optionally ``date`` (ISO 8601; UTC without an offset), ``client_order_ref``
            and ``currency`` (code). Each line has ``product`` (reference, barcode or
            name; or the id), ``quantity`` and optionally ``price_unit`` (in the
            currency of the order; else the pricelist's) and ``discount`` (percent)
        :param bool confirm: confirm them too; what waits for approval stays a quotation
        :param bool create_missing: create unknown customers and products
        :return: list in the order of ``orders`` of dictionaries with ``index``,
            ``external_ref``, ``status`` (``created``, ``confirmed``, ``waiting``,
            ``exists`` or ``refused``), ``id`` and ``name`` (false if refused),
            ``reason`` and ``key`` (why and where, for ``waiting`` and ``refused``),
            ``message``
        :raise IntakeDataError: unknown keys, wrong types, or ids that do not exist for
            the user; nothing is taken in then
        """
        self.env["sale.order"].check_access("create")
        parsed = self._parse_orders(orders)
        options = self._prepare_intake_options(confirm, create_missing)
        later = self.env["sales.intake.queue"]._enter(options)
        first = {}
        for order in parsed:
            first.setdefault(order.key, order)
        engine = self.env["sales.order.intake"]
        engine._take_in(list(first.values()), options, reserve_later=later)
        ids = [order.order_id or order.existing_id for order in first.values()]
        records = (
            self.env["sale.order"].browse(filter(None, ids))._filtered_access("read")
        )
        states = {record.id: record for record in records}
        return [
            self._prepare_intake_result(index, first[order.key], states, order)
            for index, order in enumerate(parsed)
        ]

    @api.model
    def _prepare_intake_options(self, confirm, create_missing):
        if create_missing:
            for model in ("res.partner", "product.product"):
                self.env[model].check_access("create")
        return IntakeOptions(
            company_id=self.env.company.id,
            user_id=self.env.uid,
            create_customers=create_missing,
            create_products=create_missing,
            allow_zero_price=True,
            whole_orders=True,
            confirm=confirm,
        )

    @api.model
    def _prepare_intake_result(self, index, order, states, source):
        result = {
            "index": index,
            "external_ref": order.key,
            "status": "refused",
            "id": False,
            "name": False,
            "reason": False,
            "key": False,
            "message": False,
        }
        record = states.get(order.order_id or order.existing_id)
        if record:
            result.update(id=record.id, name=record.name)
        if order.order_id and source is order:
            result["status"] = "confirmed" if record.state == "sale" else "created"
            if order.unconfirmed:
                result.update(
                    status="waiting", reason="not_confirmed", message=order.unconfirmed
                )
        elif record:
            result["status"] = "exists"
        else:
            result.update(self._prepare_refusal(index, order))
        return result

    @api.model
    def _prepare_refusal(self, index, order):
        """Return reason, key and message of the first thing that stands against it."""
        key, refusal = f"orders[{index}]", order.refusal
        for line in () if refusal else order.lines:
            if line.refusal and line.refusal.reason != "order_incomplete":
                key, refusal = f"{key}.lines[{line.source}]", line.refusal
                break
        column = {"order_ref": "external_ref"}.get(refusal.column, refusal.column)
        rows = self.env["sales.order.import.row"]
        return {
            "reason": refusal.reason,
            "key": f"{key}.{column}",
            "message": rows._get_refusal_text(refusal),
        }

    # === Reading the call === #

    @api.model
    def _parse_orders(self, orders):
        if not isinstance(orders, list) or len(orders) > MAX_ORDERS:
            raise IntakeDataError(
                self.env._(
                    "orders: give a list of at most %(limit)s orders.", limit=MAX_ORDERS
                ),
                "orders",
            )
        parsed = [
            self._parse_order(f"orders[{index}]", data)
            for index, data in enumerate(orders)
        ]
        self._check_ids(parsed)
        return parsed

    @api.model
    def _parse_order(self, path, data):
        self._check_keys(path, data, ORDER_KEYS, ORDER_REQUIRED)
        order = IntakeOrder(
            key=data["external_ref"].strip(),
            client_order_ref=data.get("client_order_ref") or "",
            currency=data.get("currency") or "",
            date=self._parse_moment(f"{path}.date", data.get("date")),
        )
        if isinstance(data["customer"], int):
            order.partner_id = data["customer"]
        else:
            order.customer = data["customer"].strip()
        for index, line in enumerate(data["lines"]):
            order.lines.append(self._parse_line(f"{path}.lines[{index}]", index, line))
        return order

    @api.model
    def _parse_line(self, path, index, data):
        self._check_keys(path, data, LINE_KEYS, LINE_REQUIRED)
        for key in ("quantity", "price_unit", "discount"):
            # Written so that NaN is refused too.
            if data.get(key) is not None and not abs(data[key]) <= NUMBER_LIMIT:
                self._fail_key(f"{path}.{key}", data[key])
        line = IntakeLine(
            source=index,
            quantity=data["quantity"],
            price_unit=data.get("price_unit"),
            discount=data.get("discount"),
        )
        if isinstance(data["product"], int):
            line.product_id = data["product"]
        else:
            line.product = data["product"].strip()
        return line

    @api.model
    def _parse_moment(self, path, text):
        if not text:
            return None
        try:
            return parse_date(text, "ymd", "UTC")
        except CellError:
            return self._fail_key(path, text)

    @api.model
    def _check_keys(self, path, data, known, required):
        """Refuse what is not of the described form, naming the place."""
        if not isinstance(data, dict):
            self._fail_key(path, data)
        for key in data:
            if key not in known:
                raise IntakeDataError(
                    self.env._(
                        "%(path)s.%(key)s: this key is not known. "
                        "Known are: %(known)s.",
                        path=path,
                        key=key,
                        known=", ".join(known),
                    ),
                    f"{path}.{key}",
                )
        for key in required:
            value = data.get(key)
            if value in (None, [], False) or not str(value).strip():
                raise IntakeDataError(
                    self.env._("%(key)s: this is required.", key=f"{path}.{key}"),
                    f"{path}.{key}",
                )
        for key, value in data.items():
            # True is an int in Python, but no number of anything here.
            if value is not None and (
                not isinstance(value, known[key]) or isinstance(value, bool)
            ):
                self._fail_key(f"{path}.{key}", value)
            if isinstance(value, str):
                self._check_text(f"{path}.{key}", value)

    @api.model
    def _check_text(self, path, text):
        """Refuse a text that cannot be stored or looked up."""
        # Half of a character pair is no character; PostgreSQL stores no NUL.
        unstorable = any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)
        if len(text) > REFERENCE_LIMIT or unstorable:
            raise IntakeDataError(
                self.env._(
                    "%(key)s: give a text of at most %(limit)s characters, without "
                    "control characters.",
                    key=path,
                    limit=REFERENCE_LIMIT,
                ),
                path,
            )

    @api.model
    def _fail_key(self, path, value):
        raise IntakeDataError(
            self.env._(
                "%(key)s: “%(value)s” is not a value of the right kind. "
                "See the description of import_orders.",
                key=path,
                value=str(value)[:80],
            ),
            path,
        )

    @api.model
    def _check_ids(self, orders):
        """Refuse ids of records that do not exist for this user and company."""
        customers = {
            o.partner_id: f"orders[{i}].customer" for i, o in enumerate(orders)
        }
        products = {
            line.product_id: f"orders[{i}].lines[{line.source}].product"
            for i, order in enumerate(orders)
            for line in order.lines
        }
        for model, places in (
            ("res.partner", customers),
            ("product.product", products),
        ):
            places.pop(None, None)
            company = self.env[model]._check_company_domain(self.env.company)
            found = self.env[model].search([("id", "in", list(places)), *company])
            for id_ in places.keys() - set(found.ids):
                raise IntakeDataError(
                    self.env._(
                        "%(key)s: there is no record with the id %(id)s that you may "
                        "use here. Give a reference, or the id of such a record.",
                        key=places[id_],
                        id=id_,
                    ),
                    places[id_],
                )
