import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_order_plus_staff_change", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        {
            content: "Ask for a change",
            trigger: ".o_form_view button[name=action_open_change]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".o_form_view .o_field_widget[name=reason] textarea",
            run: "edit He asked for more",
        },
        {
            content: "Add what is different",
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Of this line",
            trigger: ".modal .o_field_widget[name=line_id] input",
            run: "edit Gadget",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Gadget)",
            run: "click",
        },
        {
            content: "To six",
            trigger: ".modal .o_field_widget[name=quantity] input",
            run: "edit 6",
        },
        {
            content: "Keep it",
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            content: "Look at what it means",
            trigger: ".o_form_view:not(:has(.modal)) button[name=action_preview]",
            run: "click",
        },
        {
            content: "It costs more",
            trigger: ".o_field_widget[name=amount_delta]:contains(238.00)",
        },
        {
            content: "Submit it",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        {
            content: "Apply it",
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is applied",
            trigger: ".o_arrow_button_current:contains(Applied)",
        },
        {
            content: "Back to the order",
            trigger: "button[name=action_open_order]",
            run: "click",
        },
        {
            content: "Six are ordered",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(6.00)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_order_plus_staff_cancel", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        {
            content: "Cancel it",
            trigger: ".o_form_view button[name=action_request_cancellation]",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".o_form_view .o_field_widget[name=reason_id] input",
            run: "edit Tour",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour reason)",
            run: "click",
        },
        {
            content: "Look at what it means",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "Do it",
            trigger: "button[name=action_cancel_now]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "It is cancelled",
            trigger: ".o_arrow_button_current:contains(Cancelled)",
        },
    ],
});
