import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LOOKS = {
    block: { className: "alert-danger", icon: "fa-ban" },
    approve: { className: "alert-warning", icon: "fa-gavel" },
    hold: { className: "alert-warning", icon: "fa-pause-circle" },
    warn: { className: "alert-warning", icon: "fa-exclamation-triangle" },
    info: { className: "alert-info", icon: "fa-info-circle" },
};
const RANKS = ["block", "approve", "hold", "warn", "info"];

/** What stands against the next step: one row a finding, with what mends it. */
export class SalesFindingsField extends Component {
    static template = "sales_order_plus.FindingsField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get findings() {
        const found = this.props.record.data[this.props.name] || [];
        return [...found].sort(
            (a, b) => RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity)
        );
    }

    look(finding) {
        return LOOKS[finding.severity];
    }

    get look_of_all() {
        return this.findings.length ? this.look(this.findings[0]) : LOOKS.info;
    }

    async apply(suggestion) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call("sale.order", "action_apply_suggestion", [[record.resId]], {
            token: suggestion.token,
        });
        await record.load();
    }

    async askBypass(finding) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const action = await this.orm.call("sale.order", "action_ask_bypass", [[record.resId]], {
            rule_id: finding.rule_id,
        });
        await this.action.doAction(action, { onClose: () => record.load() });
    }

    open(link) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: link.model,
            res_id: link.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("sales_findings", {
    component: SalesFindingsField,
    supportedTypes: ["json"],
});
