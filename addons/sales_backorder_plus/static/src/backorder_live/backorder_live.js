import { Component, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const MESSAGE = "sale_backorder/updated";

/** Loads the order anew when its shortage is another one; never over what is typed. */
export class BackorderLive extends Component {
    static template = xml`<t/>`;
    static props = { ...standardWidgetProps };

    setup() {
        const bus = useService("bus_service");
        const onUpdate = (message) => this.onUpdate(message);
        bus.subscribe(MESSAGE, onUpdate);
        onWillUnmount(() => bus.unsubscribe(MESSAGE, onUpdate));
    }

    async onUpdate({ order_id: orderId }) {
        const { record } = this.props;
        if (orderId === record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("sales_backorder_live", {
    component: BackorderLive,
});
