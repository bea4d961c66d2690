import { registry } from "@web/core/registry";
import { openAction } from "./tour_steps";

registry.category("web_tour.tours").add("sales_order_plus_order_split", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        ...openAction("Split Order"),
        {
            content: "Nothing is chosen yet",
            trigger: ".modal .o_field_widget[name=preview]:contains(nothing is chosen)",
        },
        {
            content: "Move all of the second line",
            trigger: ".modal .o_data_row:nth-child(2) td[name=move_all]",
            run: "click",
        },
        {
            content: "It is ticked",
            trigger: ".modal .o_data_row:nth-child(2) td[name=move_all] input:checked",
        },
        {
            content: "The amounts are shown before it is done",
            trigger: ".modal .o_field_widget[name=preview] table:contains(-01)",
        },
        {
            content: "Split",
            trigger: ".modal footer button[name=action_split]",
            run: "click",
        },
        {
            content: "Both parts are listed",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        {
            content: "Open the new one",
            trigger: ".o_list_view .o_data_row td[name=name]:contains(-01)",
            run: "click",
        },
        {
            content: "It knows where it comes from",
            trigger: ".o_form_view button[name=action_view_related_orders]:contains(1)",
            run: "click",
        },
        {
            content: "One related order is opened itself",
            trigger: ".o_form_view .oe_title:not(:contains(-01))",
        },
    ],
});

registry.category("web_tour.tours").add("sales_order_plus_order_clone", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        ...openAction("Copy as Quotation"),
        {
            content: "Twice as much",
            trigger: ".modal .o_field_widget[name=quantity_factor] input",
            run: "edit 2",
        },
        {
            content: "Make the quotation",
            trigger: ".modal footer button[name=action_clone]",
            run: "click",
        },
        {
            content: "The quotation is open",
            trigger: ".o_form_view .o_arrow_button_current:contains(Quotation)",
        },
        {
            content: "With twice as much",
            trigger: ".o_data_row td[name=product_uom_qty]:contains(2.00)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_order_plus_order_merge", {
    steps: () => [
        {
            content: "Choose all quotations",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        ...openAction("Merge Quotations"),
        {
            content: "The oldest one is kept",
            trigger: ".modal .o_field_widget[name=target_id]",
        },
        {
            content: "Merge",
            trigger: ".modal footer button[name=action_merge]",
            run: "click",
        },
        {
            content: "The merged quotation is open",
            trigger: ".o_form_view .o_data_row td[name=product_uom_qty]:contains(5.00)",
        },
    ],
});
