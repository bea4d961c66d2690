import { registry } from "@web/core/registry";
import { fits, tap } from "./tour_steps";

const leave = { expectUnloadPage: true };

registry.category("web_tour.tours").add("sales_order_plus_quotation_phone", {
    steps: () => [
        { content: "The quotation is open", trigger: "body[is-ready=true] #quote_content" },
        fits("Quotation"),
        tap("Negotiate", "a.o_counter_offer", leave),
        { content: "The counter-offer", trigger: ".o_offer_line input[name^=price_]" },
        fits("Counter-offer"),
        {
            content: "Ask for another price",
            trigger: ".o_offer_line input[name^=price_]",
            run: "edit 80",
        },
        tap("Send it", "form[action*=counter_offer] button[type=submit]", leave),
        { content: "It waits for an answer", trigger: ".o_pending_offer" },
        fits("Quotation with an offer"),
        tap("Take it back", ".o_pending_offer button[type=submit]", leave),
        {
            content: "The offer is withdrawn",
            trigger: "body[is-ready=true]:not(:has(.o_pending_offer)) #quote_content",
        },
        tap("Sign", "#sale_order_sidebar_button a[data-bs-target='#modalaccept']"),
        {
            content: "Write the name",
            trigger: ".modal.show .o_web_sign_name_and_signature input",
            run: "edit Phone Customer",
        },
        {
            content: "The name became a signature",
            trigger: ".modal.show canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        fits("Signature"),
        tap("Accept and sign", ".modal.show .o_portal_sign_submit:enabled", leave),
        {
            content: "Choose how to pay",
            trigger: ".modal.show form#o_payment_form",
            run() {
                const demo = "input[name=o_payment_radio][data-provider-code=demo]";
                this.anchor.querySelector(demo).click();
            },
        },
        fits("Payment"),
        tap("Pay", ".modal.show button[name=o_payment_submit_button]:enabled", leave),
        {
            content: "The payment is on its way or done",
            trigger: "[name=o_payment_status], #quote_content:contains(Sales Order)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_order_plus_order_phone", {
    steps: () => [
        { content: "The order", trigger: "#quote_content:contains(Sales Order)" },
        fits("Order"),
    ],
});
