import { odooExceptionTitleMap } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";

// What a rule or an approval stops is no failure of the server. Without this a till
// says so above the reason.
odooExceptionTitleMap.set(
    "odoo.addons.sales_order_plus.exceptions.GuardError",
    _t("Not Yet Possible")
);
