import { registry } from "@web/core/registry";

const value = ".o_data_row .o_data_cell[name=customer_ref]:contains(C-4711)";

registry.category("web_tour.tours").add("sales_order_plus_order_columns", {
    steps: () => [
        {
            content: "The column is hidden; choose columns",
            trigger: ".o_list_view:not(:has(th[data-name=customer_ref])) .o_optional_columns_dropdown button",
            run: "click",
        },
        {
            content: "Turn it on",
            trigger: ".o-dropdown--menu input[name=customer_ref]",
            run: "click",
        },
        {
            content: "It shows the value",
            trigger: value,
            run: "click",
        },
        {
            content: "Back from the order",
            trigger: ".o_form_view .o_back_button, .o_form_view .breadcrumb-item a",
            run: "click",
        },
        {
            content: "It is still there",
            trigger: value,
        },
    ],
});
