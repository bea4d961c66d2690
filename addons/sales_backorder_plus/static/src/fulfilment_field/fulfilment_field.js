import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class FulfilmentPopover extends Component {
    static template = "sales_backorder_plus.FulfilmentPopover";
    static props = { parts: Array, texts: Array, close: Function };
}

const ICONS = {
    waiting: "fa fa-fw fa-hourglass-half text-warning",
    reserved: "fa fa-fw fa-cube text-info",
    shipped: "fa fa-fw fa-check text-success",
    cancelled: "fa fa-fw fa-ban text-muted",
};

/** An icon of how far a line is; a click shows what is shipped, reserved, awaited. */
export class FulfilmentField extends Component {
    static template = "sales_backorder_plus.FulfilmentField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(FulfilmentPopover, { position: "top" });
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get icon() {
        const keys = this.value.parts.map((part) => part.key);
        const first = Object.keys(ICONS).find((key) => keys.includes(key));
        return ICONS[first || "waiting"];
    }

    get label() {
        const parts = this.value.parts.map((part) => `${part.label} ${part.quantity}`);
        return parts.join(", ") || _t("Nothing is planned");
    }

    open(ev) {
        const { parts, texts } = this.value;
        this.popover.open(ev.currentTarget, { parts, texts });
    }
}

registry.category("fields").add("sales_fulfilment", {
    component: FulfilmentField,
    supportedTypes: ["json"],
});
