import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const PERIOD = 15000;

/**
 * Keeps the progress of an order up to date while somebody looks at it.
 *
 * Without JavaScript the page shows what was true when it was loaded.
 */
export class OrderProgress extends Interaction {
    static selector = "[data-sales-status-url]";

    start() {
        this.plan();
        this.addListener(document, "visibilitychange", () => {
            if (!document.hidden && !this.gone) {
                this.update();
            }
        });
    }

    plan() {
        if (!this.gone) {
            this.waitForTimeout(() => this.update(), PERIOD);
        }
    }

    async update() {
        if (this.busy) {
            return;
        }
        this.busy = true;
        try {
            // Nobody is asked for what nobody sees.
            if (!document.hidden) {
                await this.load();
            }
        } finally {
            this.busy = false;
            this.plan();
        }
    }

    async load() {
        let response;
        try {
            response = await fetch(this.el.dataset.salesStatusUrl, {
                headers: { Accept: "application/json" },
            });
        } catch {
            return; // No network: the next time.
        }
        if (response.status === 404 || response.status === 403) {
            this.gone = true;
            return;
        }
        if (response.ok) {
            this.show(await response.json());
        }
    }

    show(status) {
        for (const [id, html] of Object.entries(status.fragments || {})) {
            const target = document.getElementById(id);
            const page = new DOMParser().parseFromString(html, "text/html");
            const fresh = page.getElementById(id);
            // Only what is new: who listens to the page hears it once.
            if (target && fresh && fresh.innerHTML.trim() !== target.innerHTML.trim()) {
                target.replaceChildren(...fresh.childNodes);
            }
        }
    }
}

registry
    .category("public.interactions")
    .add("sales_order_plus.order_progress", OrderProgress);
