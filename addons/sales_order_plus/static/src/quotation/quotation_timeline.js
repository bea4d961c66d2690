import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What happened between us and the customer. The page of a notebook is only made when
 * somebody opens it, so forms that are not read to the end cost no query.
 */
export class QuotationTimeline extends Component {
    static template = "sales_order_plus.QuotationTimeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ entries: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ record }) {
        const id = record.resId;
        this.state.entries = id
            ? await this.orm.call("sale.order", "get_quotation_timeline", [id])
            : [];
    }

    formatDate(date) {
        return formatDateTime(deserializeDateTime(date));
    }
}

registry.category("view_widgets").add("sales_quotation_timeline", {
    component: QuotationTimeline,
});
