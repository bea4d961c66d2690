import { registry } from "@web/core/registry";

const value = ".o_data_row .o_data_cell[name=customer_ref]:contains(C-4711)";

registry.category("web_tour.tours").add("sales_order_plus_order_columns", {
    steps: () => [
        {
            content: "Select all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
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
            content: "It shows the value, and what was selected is still selected",
            trigger: `.o_data_row_selected ${value.replace(".o_data_row ", "")}`,
        },
        {
            content: "Select nothing",
            trigger: ".o_list_view thead .o_list_record_selector input:checked",
            run: "click",
        },
        {
            content: "Open the order",
            trigger: `.o_list_view:not(:has(.o_data_row_selected)) ${value}`,
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

const chooseColumn = (name) => [
    {
        content: "Choose columns of the lines",
        trigger: ".o_field_widget[name=order_line] .o_optional_columns_dropdown button",
        run: "click",
    },
    {
        content: `Turn on ${name}`,
        trigger: `.o-dropdown--menu input[name=${name}]`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("sales_order_plus_line_columns", {
    steps: () => [
        ...chooseColumn("product_code"),
        {
            content: "It shows the value",
            trigger:
                ".o_field_widget[name=order_line] .o_data_cell[name=product_code]:contains(GADGET-1)",
        },
        {
            content: "Close the choice",
            trigger: ".o_form_view .oe_title",
            run: "click",
        },
        {
            content: "Type something on another page",
            trigger: ".nav-link[name=other_information]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=client_order_ref] input",
            run: "edit PO-77",
        },
        {
            trigger: ".nav-link[name=order_lines]",
            run: "click",
        },
        ...chooseColumn("product_barcode"),
        {
            content: "It shows the value of the next column too",
            trigger:
                ".o_field_widget[name=order_line] .o_data_cell[name=product_barcode]:contains(4006381333931)",
        },
        {
            content: "What was typed is saved",
            trigger: ".o_form_view:not(:has(.o_form_button_save:visible))",
        },
    ],
});
