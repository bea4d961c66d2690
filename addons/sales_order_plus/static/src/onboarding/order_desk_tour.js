import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Shows a salesperson the order desk, and makes his first quotation with him. */
registry.category("web_tour.tours").add("sales_order_desk_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='sale.sale_menu_root']",
            content: _t("All about orders is here."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "button[data-menu-xmlid='sale.sale_order_menu']",
            content: _t("Open the menu of orders."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='sales_order_plus.sale_order_desk_menu']",
            content: _t("The order desk: quotations and orders of every stage in one list."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: ".o_order_desk_counter[data-key=on_hold]",
            content: _t("Click a counter to see what waits for somebody."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "button.o_list_button_add",
            content: _t("Now make a quotation."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_sale_order .o_field_res_partner_many2one[name='partner_id'] input",
            content: _t("Type a name, an e-mail or a customer number."),
            tooltipPosition: "right",
            run: "edit Agrolait",
        },
        {
            isActive: ["auto"],
            trigger: ".ui-menu-item > a:contains('Agrolait')",
            run: "click",
        },
        {
            trigger: ".o_sale_order .o_field_x2many_list_row_add > a",
            content: _t("Add what the customer wants."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name='product_id'] input, .o_field_widget[name='product_template_id'] input",
            content: _t("Find a product by its name or number."),
            tooltipPosition: "right",
            run: "edit DESK0001",
        },
        {
            isActive: ["auto"],
            trigger: ".ui-menu-item > a:contains('DESK0001')",
            run: "click",
        },
        {
            // Run by itself, it waits for the price of the product of its test.
            isActive: ["auto"],
            trigger: ".o_field_widget[name='tax_totals']:contains('120.00')",
        },
        {
            trigger: ".o_form_button_save:enabled",
            content: _t("Save the quotation."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: ["auto"],
            trigger: ".o_form_saved",
        },
        {
            trigger:
                ".o_control_panel .o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            content: _t("Proformas, revisions, splitting and copying are in this menu."),
            tooltipPosition: "right",
            run: "click",
        },
    ],
});
