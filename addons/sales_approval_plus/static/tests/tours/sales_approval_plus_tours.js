import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_approval_plus_submit", {
    steps: () => [
        {
            content: "The form says why it cannot be confirmed",
            trigger: ".o_sales_guard_waiting:contains(High discount)",
        },
        {
            content: "Confirm has made room",
            trigger: ".o_statusbar_buttons:not(:has(button[name=action_confirm]))",
        },
        {
            content: "Submit",
            trigger: ".o_statusbar_buttons button[name=action_submit_for_approval]",
            run: "click",
        },
        {
            content: "The form says for whom it waits",
            trigger: ".o_sales_guard_waiting:contains(Waiting for tsap_ann)",
        },
        {
            content: "The request can be taken back, not submitted twice",
            trigger:
                ".o_statusbar_buttons:has(button[name=action_withdraw]):not(:has(button[name=action_submit_for_approval]))",
        },
        {
            content: "The smart button counts one",
            trigger: "button[name=action_view_approvals]:contains(1)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_approval_plus_approve_list", {
    steps: () => [
        {
            content: "Two requests wait for me",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        {
            content: "Select both",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_control_panel button[name=action_approve]",
            run: "click",
        },
        {
            content: "The result is told",
            trigger: ".o_notification:contains(2 of 2 approved)",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent:contains(Nothing waits for your approval)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_approval_plus_approve_form", {
    steps: () => [
        {
            content: "Open the request",
            trigger: ".o_data_row td[name=sale_order_id]",
            run: "click",
        },
        {
            content: "It says why it was asked",
            trigger: ".o_form_view .alert:contains(High discount)",
        },
        {
            content: "Approve",
            trigger: ".o_statusbar_buttons button[name=action_open_approval]",
            run: "click",
        },
        {
            content: "Approved, nothing more to decide",
            trigger:
                ".o_form_view:not(:has(button[name=action_open_approval])) .o_arrow_button_current:contains(Approved)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_approval_plus_reject", {
    steps: () => [
        {
            content: "Open the request",
            trigger: ".o_data_row td[name=sale_order_id]",
            run: "click",
        },
        {
            content: "What is sold is shown, without sales rights",
            trigger: ".o_form_view div[name=order_line] .o_data_row:contains(Test Gadget)",
        },
        {
            content: "Reject",
            trigger: ".o_statusbar_buttons button[name=action_open_rejection]",
            run: "click",
        },
        {
            content: "The reason is asked for",
            trigger: ".modal div[name=reason] textarea",
            run: "edit At most ten percent",
        },
        {
            content: "Reject with it",
            trigger: ".modal footer button[name=action_decide]",
            run: "click",
        },
        {
            content: "The request says why it was rejected",
            trigger: "body:not(:has(.modal)) .alert-danger:contains(At most ten percent)",
        },
    ],
});

/** Decide in another session of the same user, as another tab would. */
async function decideElsewhere() {
    const call = async (method, args, kwargs = {}) => {
        const response = await fetch("/web/dataset/call_kw", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({
                jsonrpc: "2.0",
                params: { model: "sales.approval.request", method, args, kwargs },
            }),
        });
        return (await response.json()).result;
    };
    const [id] = await call("search", [[["can_vote", "=", true]]], { limit: 1 });
    await call("action_approve", [[id]]);
}

registry.category("web_tour.tours").add("sales_approval_plus_systray", {
    steps: () => [
        {
            content: "Three wait for me",
            trigger: ".o_approval_menu .o_approval_counter:contains(3)",
        },
        {
            content: "Another tab decides on one",
            trigger: ".o_list_view",
            run: decideElsewhere,
        },
        {
            content: "The counter knows, without a reload",
            trigger: ".o_approval_menu .o_approval_counter:contains(2)",
        },
        {
            content: "A click opens the list of what waits for me",
            trigger: ".o_approval_menu",
            run: "click",
        },
        {
            content: "They are grouped by deadline",
            trigger: ".o_kanban_group:contains(No deadline) .o_kanban_record:nth-of-type(2)",
        },
        {
            content: "Approve on the card",
            trigger: ".o_kanban_record button[name=action_open_approval]",
            run: "click",
        },
        {
            content: "One is left",
            trigger: ".o_approval_menu .o_approval_counter:contains(1)",
        },
    ],
});
