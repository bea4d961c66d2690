import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_order_plus_order_desk", {
    steps: () => [
        {
            content: "Both orders are listed",
            trigger: ".o_data_row:nth-child(2)",
        },
        {
            content: "Show what is on hold",
            trigger: ".o_order_desk_counter[data-key=on_hold]:contains(1)",
            run: "click",
        },
        {
            content: "Only the held order is left",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row .badge:contains(Pending)",
            run: "click",
        },
        {
            content: "The form says that it waits, and why",
            trigger: ".o_sales_hold:contains(On hold since)",
        },
    ],
});
