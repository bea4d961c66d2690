import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const REFRESH_MS = 3000;
const RUN_STATES = ["queued", "running"];

/** A progress bar that reloads its record while the import runs. */
export class ImportProgressField extends ProgressBarField {
    setup() {
        super.setup();
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    refresh() {
        const record = this.props.record;
        if (RUN_STATES.includes(record.data.state)) {
            return record.load();
        }
    }
}

registry.category("fields").add("sales_import_progress", {
    ...progressBarField,
    component: ImportProgressField,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
