import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * "Chat about this order": the live chat of the website, which then starts with the
 * number of the order; where there is none, the messages of the order.
 */
export class OrderChat extends Interaction {
    static selector = ".o_sales_chat";
    dynamicContent = {
        _root: { "t-on-click.prevent": this.locked(this.onClick) },
    };

    async onClick() {
        const livechat = this.services["im_livechat.livechat"];
        const thread = livechat?.options?.channel_id && (await livechat.open());
        if (thread) {
            await thread.post(this.el.dataset.salesChatText);
        } else {
            this.openComposer();
        }
    }

    /** Bring the messages of the order into view, ready to write. */
    openComposer() {
        const target = document.querySelector(this.el.getAttribute("href"));
        target?.scrollIntoView({ behavior: "instant", block: "start" });
        const root = document.querySelector("#chatterRoot")?.shadowRoot;
        const input = root?.querySelector(".o-mail-Composer-input");
        if (!input) {
            return;
        }
        if (!input.value) {
            input.value = `${this.el.dataset.salesChatSubject}: `;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        input.focus();
    }
}

registry.category("public.interactions").add("sales_order_plus.order_chat", OrderChat);
