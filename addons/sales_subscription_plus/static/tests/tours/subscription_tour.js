import { registry } from "@web/core/registry";

/** A salesperson sells a service on a plan, then pauses and resumes what it started. */
registry.category("web_tour.tours").add("sales_subscription_sell", {
    url: "/odoo/subscriptions",
    steps: () => [
        {
            content: "The order started a subscription: open it",
            trigger: ".o_data_row:contains('Tour Customer') td[name='name']",
            run: "click",
        },
        {
            content: "It is active and knows when it is billed next",
            trigger: ".o_arrow_button_current:contains('Active')",
        },
        { trigger: ".o_field_widget[name='next_billing_date']" },
        {
            content: "Look at the billed periods",
            trigger: ".nav-link[name='periods']",
            run: "click",
        },
        { trigger: ".o_field_widget[name='period_ids'] .o_data_row .badge:contains('Ordered')" },
        {
            content: "Pause it",
            trigger: "button[name='action_pause']",
            run: "click",
        },
        { trigger: ".alert:contains('Paused since')" },
        {
            content: "Resume it",
            trigger: "button[name='action_resume']",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Active')" },
        {
            content: "Open its order by the smart button",
            trigger: "button[name='action_view_orders']",
            run: "click",
        },
        {
            content: "The order leads back to the subscription",
            trigger: "button[name='action_view_subscriptions']",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Active')" },
        {
            content: "Cancel it",
            trigger: "button[name='action_cancel']",
            run: "click",
        },
        {
            content: "It asks first",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        { trigger: "button[name='action_preview']" },
        { trigger: "body:not(:has(.modal)) .o_form_view:not(:has(button[name='action_cancel']))" },
    ],
});
