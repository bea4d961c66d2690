import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { openAction } from "./tour_steps";

const tours = registry.category("web_tour.tours");

tours.add("sales_order_plus_proforma", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        ...openAction("Create Proforma"),
        {
            content: "Ask for a quarter",
            trigger: ".modal .o_field_widget[name=percent] input",
            run: "edit 25",
        },
        {
            content: "Create it and issue it",
            trigger: ".modal footer button[name=action_create_and_issue]",
            run: "click",
        },
        {
            content: "It is issued, and has a number",
            trigger: ".o_form_view .o_arrow_button_current:contains(Issued)",
        },
        {
            content: "With a quarter of the order",
            trigger: ".o_form_view:contains(50.00)",
        },
    ],
});

tours.add("sales_order_plus_rates", {
    steps: () => [
        {
            content: "Compare what carriers ask",
            trigger: ".o_form_view button[name=action_compare_rates]",
            run: "click",
        },
        {
            content: "Both are listed",
            trigger: ".modal .o_data_row:contains(Slow)",
        },
        {
            content: "Choose the fast one",
            trigger: ".modal .o_data_row:contains(Fast) button[name=action_choose]",
            run: "click",
        },
        {
            content: "Its price is a line of the order",
            trigger:
                ".o_form_view:not(:has(.modal)) .o_field_widget[name=order_line] .o_data_row:contains(20.00)",
        },
    ],
});

tours.add("sales_order_plus_revision", {
    steps: () => [
        { content: "The quotation is open", trigger: ".o_form_view .o_data_row" },
        ...openAction("New Revision"),
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] :is(input, textarea)",
            run: "edit Two more",
        },
        {
            content: "Start it",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "The second revision is counted",
            trigger: ".o_form_view button[name=action_view_revisions]:contains(2)",
        },
        {
            content: "Change a quantity",
            trigger: ".o_data_row:first-child td[name=product_uom_qty]",
            run: "click",
        },
        {
            content: "To five",
            trigger: ".o_data_row:first-child td[name=product_uom_qty] input",
            run: "edit 5",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved: look at the revisions",
            trigger:
                ".o_form_saved:has(td[name=product_uom_qty]:contains(5.00)) button[name=action_view_revisions], .o_form_view:has(.o_form_saved) button[name=action_view_revisions]",
            run: "click",
        },
        {
            content: "Compare the first one with today",
            trigger: ".o_list_view .o_data_row button[name=action_compare]",
            run: "click",
        },
        {
            content: "The quantity has changed from three to five",
            trigger: ".modal .o_comparison_changed:contains(3):contains(5)",
        },
    ],
});

tours.add("sales_order_plus_counter_offer", {
    steps: () => [
        {
            content: "Propose something else",
            trigger: "a.o_counter_offer",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Another price",
            trigger: ".o_offer_line input[name^=price_]",
            run: "edit 90",
        },
        {
            content: "And why",
            trigger: "#offer_message",
            run: "edit We buy every month",
        },
        {
            content: "Send it",
            trigger: "form[action*=counter_offer] button[type=submit]:contains(Send)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It waits for an answer",
            trigger: ".o_pending_offer:contains(waits for our answer)",
        },
    ],
});

const FILE = [
    "Order Number,Order Date,Customer ID,SKU,Quantity,Unit Price",
    "T1,2026-01-15,TSOP-C1,TSOP-P1,2,9.50",
    "T2,2026-01-15,TSOP-C1,NO-SUCH,1,9.50",
].join("\n");

tours.add("sales_order_plus_import", {
    steps: () => [
        {
            content: "A new import",
            trigger: ".o_control_panel .o_list_button_add, .o_control_panel .o-kanban-button-new",
            run: "click",
        },
        {
            content: "Choose the file",
            trigger: ".o_form_view .o_field_widget[name=file]",
            async run() {
                await inputFiles(".o_field_widget[name=file] input[type=file]", [
                    new File([FILE], "orders.csv", { type: "text/csv" }),
                ]);
            },
        },
        {
            content: "The columns are read: check the rows",
            trigger:
                ".o_form_view:has(.o_field_widget[name=file] .o_clear_file_button) button[name=action_check]",
            run: "click",
        },
        {
            content: "It says what would happen; import",
            trigger: ".o_form_view button.oe_highlight[name=action_import], .o_form_view button.btn-primary[name=action_import]",
            run: "click",
        },
        {
            content: "It is under way",
            trigger: ".o_form_view .o_field_widget[name=progress]",
        },
    ],
});
