import re

from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ...models.seam.moments import WEEKDAYS
from ...models.shipping.res_partner_delivery import ADDRESS_KINDS, DELIVERY_PREFERENCES

CHOICES = {
    "address_kind": {value for value, _label in ADDRESS_KINDS},
    "delivery_preference": {value for value, _label in DELIVERY_PREFERENCES},
}
LENGTHS = {"delivery_access_code": 64, "delivery_instructions": 1000}
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_time(text):
    """Return 13:30 as 13.5, or None if it is no time of a day."""
    match = TIME.fullmatch((text or "").strip()[:5])
    return int(match[1]) + int(match[2]) / 60 if match else None


class SalesAddressPortal(CustomerPortal):
    """What a driver must know, in the address form of the customer."""

    def _parse_form_data(self, form_data):
        self._check_delivery_values(form_data)
        values, extra = super()._parse_form_data(form_data)
        # Empty means that the form did not show it, not that it is gone.
        if not values.get("delivery_access_code"):
            values.pop("delivery_access_code", None)
        if extra.pop("forget_access_code", False):
            values["delivery_access_code"] = None
        return values, extra

    def _check_delivery_values(self, form_data):
        """Refuse values of our fields that the form does not offer."""
        for field, choices in CHOICES.items():
            if form_data.get(field) and form_data[field] not in choices:
                raise ValidationError(
                    request.env._("%(field)s: choose one of the list.", field=field)
                )
        for field, length in LENGTHS.items():
            if len(form_data.get(field) or "") > length:
                raise ValidationError(
                    request.env._(
                        "%(field)s: use at most %(length)s characters.",
                        field=field,
                        length=length,
                    )
                )

    def _validate_address_values(self, address_values, *args, **kwargs):
        result = super()._validate_address_values(address_values, *args, **kwargs)
        invalid, missing, messages = result
        if kwargs.get("delivery_windows"):
            wrong = self._get_wrong_windows(kwargs)
            invalid |= wrong
            if wrong:
                messages.append(
                    request.env._(
                        "Deliveries: enter both times of a day, the first one earlier."
                    )
                )
        return invalid, missing, messages

    def _get_wrong_windows(self, form_data):
        """Return the names of the time fields that make no window."""
        wrong = set()
        for day, _label in WEEKDAYS:
            names = f"window_from_{day}", f"window_to_{day}"
            texts = [form_data.get(name) or "" for name in names]
            begin, end = map(read_time, texts)
            if any(texts) and (begin is None or end is None or begin >= end):
                wrong.update(names)
        return wrong

    def _create_or_update_address(self, partner_sudo, **form_data):
        partner_sudo, feedback = super()._create_or_update_address(
            partner_sudo, **form_data
        )
        if form_data.get("delivery_windows") and "messages" not in feedback:
            partner_sudo._set_portal_windows(self._read_windows(form_data))
        return partner_sudo, feedback

    def _read_windows(self, form_data):
        windows = {}
        for day, _label in WEEKDAYS:
            begin = read_time(form_data.get(f"window_from_{day}"))
            end = read_time(form_data.get(f"window_to_{day}"))
            windows[day] = None if begin is None else (begin, end)
        return windows
