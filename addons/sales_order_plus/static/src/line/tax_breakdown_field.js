import { Component } from "@odoo/owl";
import { formatMonetary } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The rows of a breakdown (taxes by jurisdiction, duties) as a small table. */
export class SalesBreakdownField extends Component {
    static template = "sales_order_plus.BreakdownField";
    static props = { ...standardFieldProps, amountKey: { type: String, optional: true } };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    label(row) {
        const level = row.level_label ? `${row.level_label}: ` : "";
        const rate = row.percent === undefined ? "" : ` (${row.percent} %)`;
        return `${level}${row.name}${rate}`;
    }

    amount(row) {
        const currency = this.props.record.data.currency_id;
        return formatMonetary(row[this.props.amountKey || "tax"], {
            currencyId: currency && currency.id,
        });
    }
}

registry.category("fields").add("sales_breakdown", {
    component: SalesBreakdownField,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "currency_id", type: "many2one" }],
    extractProps: ({ options }) => ({ amountKey: options.amount }),
});
