import { Component, markup, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Reads an HTML field of the record only when its page of a notebook is opened, so
 * that forms that are not read to the end pay nothing for it.
 */
export class LazyHtml extends Component {
    static template = "sales_order_plus.LazyHtml";
    static props = { ...standardWidgetProps, field: String };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ html: "" });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ record, field }) {
        const rows = record.resId
            ? await this.orm.read(record.resModel, [record.resId], [field])
            : [];
        // Made by our own templates, which escape what people wrote.
        this.state.html = rows.length && rows[0][field] ? markup(rows[0][field]) : "";
    }
}

registry.category("view_widgets").add("sales_lazy_html", {
    component: LazyHtml,
    extractProps: ({ options }) => ({ field: options.field }),
});
