import { registry } from "@web/core/registry";
import { fits, tap } from "./tour_steps";

const tours = registry.category("web_tour.tours");
const leave = { expectUnloadPage: true };
const onOrder = "body[is-ready=true] #quote_content";

const type = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });

/** From the page of the order to a form, through it, and back. */
const fillIn = (name, button, steps) => [
    { content: "The order is open", trigger: onOrder },
    fits("Order"),
    tap(name, button, leave),
    { content: "The form", trigger: "body[is-ready=true] .o_sales_form" },
    fits(name),
    ...steps,
    tap("See what it means", ".o_sales_look", leave),
    { content: "What it means", trigger: "body[is-ready=true] .o_sales_preview" },
    fits(`${name}: what it means`),
    tap("Send it", ".o_sales_send", leave),
    { content: "It is on the order", trigger: `${onOrder} .o_sales_request` },
    fits("Order with a request"),
];

tours.add("sales_order_plus_self_change", {
    steps: () =>
        fillIn("Change", ".o_sales_change", [
            type("No number at first", "textarea[name=note]", "Two more"),
            type("Two more", ".o_sales_line input", "6"),
        ]).concat([
            {
                content: "It is changed",
                trigger: ".o_sales_request_state[data-state=applied]",
            },
            { content: "To the new quantity", trigger: "#sales_order_table:contains(6.00)" },
        ]),
});

tours.add("sales_order_plus_self_sign", {
    steps: () => [
        { content: "A change waits", trigger: `${onOrder} .o_sales_request` },
        tap("Look at it", ".o_sales_request a.btn-primary", leave),
        {
            content: "The request",
            trigger: "body[is-ready=true] #sales_request_page .o_sales_accept",
        },
        fits("Request"),
        type("Write the name", ".o_web_sign_name_and_signature input", "Paul Phone"),
        {
            content: "The name became a signature",
            trigger: "canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        tap("Sign", ".o_portal_sign_submit:enabled", leave),
        {
            content: "It is changed",
            trigger: `${onOrder} .o_sales_request_state[data-state=applied]`,
        },
    ],
});

tours.add("sales_order_plus_self_cancel", {
    steps: () =>
        fillIn("Cancel", ".o_sales_cancel", [
            tap("Some of it", "label[for=sales_scope_lines]"),
            type("One of them", ".o_sales_line input", "1"),
            tap("Why", ".o_sales_reasons .form-check:first-of-type label"),
        ]),
});

tours.add("sales_order_plus_self_return", {
    steps: () =>
        fillIn("Return", ".o_sales_return", [
            type("One of them", ".o_sales_line input", "1"),
            tap("Why", ".o_sales_reasons .form-check:first-of-type label"),
            tap("Another one", "label[for=resolution_replacement]"),
        ]),
});
