from odoo import models

PREFIX = "sales_backorder/order/"


class IrWebsocket(models.AbstractModel):
    """Tabs that show an order hear when its backorders change."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        wanted = [name for name in channels if str(name).startswith(PREFIX)]
        channels = [name for name in channels if name not in wanted]
        numbers = [name.removeprefix(PREFIX) for name in wanted]
        ids = [int(number) for number in numbers if number.isdecimal()]
        if ids:
            # With the rights of who listens: of other orders he hears nothing.
            orders = self.env["sale.order"].search([("id", "in", ids)])
            channels.extend((order, PREFIX) for order in orders)
        return super()._build_bus_channel_list(channels)
