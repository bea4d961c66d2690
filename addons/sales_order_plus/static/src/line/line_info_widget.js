import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";

/** What is to be known of one line: a quantity to correct, and how its price comes. */
export class SalesLineInfoPopover extends Component {
    static template = "sales_order_plus.LineInfoPopover";
    static props = { record: Object, close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ price: null });
        onWillStart(() => this.loadPrice());
    }

    get data() {
        return this.props.record.data;
    }

    async loadPrice() {
        const { resId } = this.props.record;
        if (resId) {
            this.state.price = await this.orm.call(
                "sale.order.line", "get_price_waterfall", [[resId]]
            );
        }
    }

    get sourceLabel() {
        const labels = {
            list: _t("List"),
            pricelist: _t("Pricelist"),
            promotion: _t("Promotion"),
            manual: _t("Manual"),
        };
        return labels[this.state.price.source] || "";
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.state.price.currency_id });
    }

    get roundUpLabel() {
        return _t("Round up to %s", this.data.qty_suggested);
    }

    async roundUp() {
        await this.props.record.update({ product_uom_qty: this.data.qty_suggested });
        this.props.close();
    }
}

/** The icon beside the quantity. A field, because lists hide columns of fields only. */
export class SalesLineInfo extends Component {
    static template = "sales_order_plus.LineInfo";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(SalesLineInfoPopover, { position: "top" });
    }

    get issue() {
        return this.props.record.data.qty_issue;
    }

    get visible() {
        const { display_type: type, product_id: product } = this.props.record.data;
        return !type && Boolean(product);
    }

    get label() {
        return this.issue || _t("Price and quantity");
    }

    open(ev) {
        this.popover.open(ev.currentTarget, { record: this.props.record });
    }
}

registry.category("fields").add("sales_line_info", {
    component: SalesLineInfo,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "qty_suggested", type: "float" },
        { name: "display_type", type: "selection" },
        { name: "product_id", type: "many2one" },
        { name: "product_uom_qty", type: "float" },
    ],
});
