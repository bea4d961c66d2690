"""What comes in, before it becomes records: plain data the engine fills in."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """Why a line or an order was not taken in.

    :param str reason: a reason code of ``sales.order.import.row``
    :param str column: the field it is about (see ``sales.order.import.column``)
    :param str value: the offending value
    :param str message: a translated sentence, where the reason alone says too little
    """

    reason: str
    column: str = ""
    value: str = ""
    message: str = ""


@dataclass(eq=False)
class IntakeLine:
    """One line that came in; ``source`` is what the caller knows it by."""

    source: int
    product: str = ""
    barcode: str = ""
    product_name: str = ""
    quantity: float = 0.0
    price_unit: float | None = None
    discount: float | None = None
    product_id: int | None = None
    new_product: tuple | None = None
    line_id: int | None = None
    refusal: Refusal | None = None

    @property
    def label(self):
        """What names the product in messages."""
        return self.product or self.barcode or self.product_name


@dataclass(eq=False)
class IntakeOrder:
    """One order that came in; the engine adds ids or a refusal."""

    key: str
    number: int = 0
    lines: list = field(default_factory=list)
    date: object = None
    customer: str = ""
    customer_email: str = ""
    customer_name: str = ""
    country: str = ""
    currency: str = ""
    client_order_ref: str = ""
    # A sibling row was already refused before the order got here.
    broken: bool = False
    partner_id: int | None = None
    new_customer: tuple | None = None
    # A record that is there already: to add lines to, or the one sent before.
    existing_id: int | None = None
    order_id: int | None = None
    refusal: Refusal | None = None
    # What kept the created order from being confirmed.
    unconfirmed: str = ""

    @property
    def good_lines(self):
        """The lines nothing stands against, unless the whole order is refused."""
        return [] if self.refusal else [line for line in self.lines if not line.refusal]


@dataclass(frozen=True)
class IntakeOptions:
    """How orders are taken in; ids are of records the user may use."""

    company_id: int
    user_id: int
    warehouse_id: int = 0
    pricelist_id: int = 0
    default_customer_id: int = 0
    import_id: int = 0
    create_customers: bool = False
    create_products: bool = False
    new_product_storable: bool = False
    # False: prices come from the pricelist even if the file has some.
    use_prices: bool = True
    allow_zero_price: bool = False
    whole_orders: bool = False
    service_codes: frozenset = frozenset()
    report_services: bool = False
    # What to do with an order number that is there already: report, add or create.
    duplicates: str = "report"
    confirm: bool = False
