import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_backorder_plus_storeman", {
    steps: () => [
        {
            content: "The list shows what is missing, with counters beside it",
            trigger: ".o_list_view .o_search_panel .o_search_panel_counter",
        },
        {
            content: "Open the row",
            trigger: ".o_data_row:contains(Test Gadget) td[name=qty_short]:contains(6.00)",
            run: "click",
        },
        {
            content: "The form says which receipt brings how much",
            trigger: ".o_form_view div[name=supply_note]:contains(5 Units with)",
        },
        {
            content: "Set it critical",
            trigger: ".o_form_view .o_priority_star[data-value='3'], .o_form_view .o_priority_star:nth-child(3)",
            run: "click",
        },
        {
            content: "It is critical, and saved at once",
            trigger: ".o_form_saved .o_priority_star.fa-star:nth-child(3)",
        },
        {
            content: "Leave a note",
            trigger: ".o_form_view div[name=note] textarea",
            run: "edit Call before shipping",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
        {
            content: "The order is for salespeople",
            trigger: ".o_form_view:not(:has(button[name=action_view_order]))",
        },
        {
            content: "Go to the transfer",
            trigger: "button[name=action_view_transfers]",
            run: "click",
        },
        {
            content: "It is urgent, like its backorder",
            trigger: ".o_form_view div[name=priority] .o_priority_star.fa-star",
        },
    ],
});

registry.category("web_tour.tours").add("sales_backorder_plus_salesman", {
    steps: () => [
        {
            content: "The counter of the desk",
            trigger: ".o_order_desk_counter[data-key=backordered]",
            run: "click",
        },
        {
            content: "It filters",
            trigger: ".o_facet_value:contains(Backordered)",
        },
        {
            content: "Open the order",
            trigger: ".o_data_row:contains(Test Customer) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its backorder",
            trigger: "button[name=action_view_backorders]",
            run: "click",
        },
        {
            content: "It is there",
            trigger: ".o_form_view div[name=qty_short]:contains(6.00)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_backorder_plus_policy", {
    steps: () => [
        {
            content: "A new policy",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Its name",
            trigger: ".o_form_view div[name=name] input",
            run: "edit Tour VIP",
        },
        {
            content: "Open the customer types",
            trigger: ".o_form_view div[name=customer_class] input",
            run: "click",
        },
        {
            content: "For VIPs",
            trigger: ".o_select_menu_item:contains(VIP)",
            run: "click",
        },
        {
            content: "Open the strategies",
            trigger: ".o_form_view div[name=strategy] input",
            run: "click",
        },
        {
            content: "They come first",
            trigger: ".o_select_menu_item:contains(Best first)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
    ],
});

registry.category("web_tour.tours").add("sales_backorder_plus_reallocation", {
    steps: () => [
        {
            content: "A new run",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Look who should hold what",
            trigger: "button[name=action_propose]",
            run: "click",
        },
        {
            content: "The VIP gains, and the row says why",
            trigger:
                ".o_data_row:contains(Tour VIP) td[name=explanation]:contains(It gains 3 Units)",
        },
        {
            content: "Somebody loses as much",
            trigger: ".o_data_row:contains(Test Customer) td[name=qty_delta]:contains(-3.00)",
        },
        {
            content: "Do it",
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is done, and kept",
            trigger: ".o_form_view .o_arrow_button_current:contains(Applied)",
        },
    ],
});

const row = ".o_sales_backorder_row:contains(Test Gadget)";
registry.category("web_tour.tours").add("sales_backorder_plus_choose", {
    steps: () => [
        {
            content: "Wait for it",
            trigger: `${row} input[value=wait]`,
            run: "click",
        },
        {
            content: "Choose",
            trigger: `${row} .o_sales_choose`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It was understood; take it back",
            trigger: `${row} .o_sales_chosen:contains(Wait) button[value=undo]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing is chosen any more: take the other product",
            trigger: `${row}:not(:has(.o_sales_chosen)) input[value^=substitute]`,
            run: "click",
        },
        {
            content: "Choose",
            trigger: `${row} .o_sales_choose`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "That is what happens",
            trigger: `${row} .o_sales_chosen:contains(Test Instead)`,
        },
    ],
});
