import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const CHANGED = "sales_approval/updated";

/** How many orders wait for the user's approval, in every tab at once. */
export class ApprovalMenu extends Component {
    static template = "sales_approval_plus.ApprovalMenu";
    static props = [];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.state = useState({ isApprover: false, to_approve: 0, overdue: 0 });
        this.onChanged = () => this.load();
        onWillStart(() => this.start());
        onWillDestroy(() => this.bus.unsubscribe(CHANGED, this.onChanged));
    }

    async start() {
        this.bus.subscribe(CHANGED, this.onChanged);
        this.bus.start();
        this.state.isApprover = await user.hasGroup("sales_approval_plus.group_approver");
        await this.load();
    }

    async load() {
        if (!this.state.isApprover) {
            return;
        }
        const counters = await this.orm.silent.call(
            "sales.approval.request",
            "get_counters",
            []
        );
        Object.assign(this.state, counters);
    }

    get title() {
        return this.state.overdue
            ? _t("%(count)s to approve, %(overdue)s overdue", {
                  count: this.state.to_approve,
                  overdue: this.state.overdue,
              })
            : _t("%(count)s to approve", { count: this.state.to_approve });
    }

    open() {
        this.action.doAction("sales_approval_plus.sales_approval_request_my_action", {
            clearBreadcrumbs: true,
        });
    }
}

registry
    .category("systray")
    .add("sales_approval_plus.menu", { Component: ApprovalMenu }, { sequence: 22 });
