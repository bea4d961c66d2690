import { Component, onWillUnmount, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const CHANGED = "sales_backorder/updated";
const CHANNEL = "sales_backorder/order/";

/** Reloads the order when stock changed what it lacks, unless it is being edited. */
export class BackorderLive extends Component {
    static template = "sales_backorder_plus.BackorderLive";
    static props = { ...standardWidgetProps };

    setup() {
        this.bus = useService("bus_service");
        this.onChanged = (payload) => this.reload(payload);
        this.bus.subscribe(CHANGED, this.onChanged);
        onWillUnmount(() => this.bus.unsubscribe(CHANGED, this.onChanged));
        useEffect(
            (id) => {
                if (!id) {
                    return;
                }
                this.bus.addChannel(CHANNEL + id);
                return () => this.bus.deleteChannel(CHANNEL + id);
            },
            () => [this.props.record.resId]
        );
    }

    async reload({ order_id: id }) {
        const record = this.props.record;
        if (record.resId === id && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("sales_backorder_live", {
    component: BackorderLive,
});
