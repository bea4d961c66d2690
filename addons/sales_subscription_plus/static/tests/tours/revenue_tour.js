import { registry } from "@web/core/registry";

/** An accountant looks at a schedule of revenue, its entries, and the waterfall. */
registry.category("web_tour.tours").add("sales_revenue_schedules", {
    url: "/odoo/revenue-schedules",
    steps: () => [
        {
            content: "Open the schedule of the invoice",
            trigger: ".o_data_row:contains('Tour Customer') td[name='partner_id']",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Running')" },
        {
            content: "A twelfth of the year each month, the deferral before them",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:eq(1) td[name='kind']",
        },
        {
            content: "Look at one journal entry",
            trigger: ".o_field_widget[name='line_ids'] button[name='action_view_entry']:first",
            run: "click",
        },
        { trigger: ".o_control_panel:contains('TDEF')" },
        {
            content: "Back to the schedule",
            trigger: ".breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "All entries of the schedule",
            trigger: "button[name='action_view_entries']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:eq(2)" },
    ],
});

/** She sees what a cancelled invoice billed, and bills it again for a reason. */
registry.category("web_tour.tours").add("sales_subscription_bill_again", {
    url: "/odoo/subscription-periods",
    steps: () => [
        {
            content: "The document of the period was cancelled",
            trigger: ".o_data_row:contains('Document Cancelled')",
        },
        {
            content: "Bill it again",
            trigger: ".o_data_row:contains('Document Cancelled') button:contains('Bill Again')",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit Sent to the wrong address",
        },
        {
            content: "Bill",
            trigger: ".modal button[name='action_bill']",
            run: "click",
        },
        { trigger: "body:not(:has(.modal)) .o_list_view:not(:contains('Document Cancelled'))" },
    ],
});
