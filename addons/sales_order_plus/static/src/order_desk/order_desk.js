import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * The clickable counters above the list (on a phone: the cards) of orders, and of
 * whatever else has a method ``get_order_desk``.
 */
export class OrderDesk extends Component {
    static template = "sales_order_plus.OrderDesk";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ counters: [] });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.state.counters = await this.orm.call(
            this.props.list.resModel,
            "get_order_desk",
            []
        );
    }

    isActive(counter) {
        return this.getItems(counter).some((item) => item.isActive);
    }

    getItems(counter) {
        return this.env.searchModel.getSearchItems((item) => item.name === counter.filter);
    }

    onClick(counter) {
        if (counter.action) {
            return this.action.doAction(counter.action);
        }
        const active = this.isActive(counter);
        this.env.searchModel.clearQuery();
        if (!active) {
            this.getItems(counter).forEach((item) =>
                this.env.searchModel.toggleSearchItem(item.id)
            );
        }
    }
}

export class OrderDeskListRenderer extends ListRenderer {
    static template = "sales_order_plus.OrderDeskListRenderer";
    static components = { ...ListRenderer.components, OrderDesk };
}

registry.category("views").add("sales_order_desk_list", {
    ...listView,
    Renderer: OrderDeskListRenderer,
});

export class OrderDeskKanbanRenderer extends KanbanRenderer {
    static template = "sales_order_plus.OrderDeskKanbanRenderer";
    static components = { ...KanbanRenderer.components, OrderDesk };
}

registry.category("views").add("sales_order_desk_kanban", {
    ...kanbanView,
    Renderer: OrderDeskKanbanRenderer,
});
