from ..common import SalesPlusCommon


class OrderCommon(SalesPlusCommon):
    """Types and channels as a sales manager makes them."""

    @classmethod
    def _new_type(cls, code="TRUSH", **values):
        types = cls.env["sales.order.type"].with_user(cls.manager)
        return types.create({"name": code.title(), "code": code, **values})

    @classmethod
    def _new_channel(cls, code="TEBAY", **values):
        channels = cls.env["sales.channel"].with_user(cls.manager)
        return channels.create({"name": code.title(), "code": code, **values})
