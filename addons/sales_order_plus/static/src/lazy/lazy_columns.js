import { useSubEnv } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { extractFieldsFromArchInfo } from "@web/model/relational_model/utils";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";

/**
 * Lists of this class read the columns that are shown; Odoo's read the hidden ones of
 * eighty orders too. A column is read when the user turns it on.
 */
const LAZY = "o_sales_lazy_columns";

function isLazy({ className }) {
    return (className || "").split(" ").includes(LAZY);
}

/** The choice of columns is kept under a name that does not depend on what is read. */
function getViewKey(resModel, viewId) {
    return `${LAZY},${resModel},${viewId}`;
}

function getHiddenNames({ columns }, key) {
    const chosen = browser.localStorage.getItem(`optional_fields,${key}`);
    const isShown = ({ name, optional }) =>
        !optional || (chosen === null ? optional === "show" : chosen.split(",").includes(name));
    const fields = columns.filter((column) => column.type === "field");
    const shown = new Set(fields.filter(isShown).map((column) => column.name));
    return fields.map((column) => column.name).filter((name) => !shown.has(name));
}

/** Leave out the hidden columns, but not those on which something shown depends. */
function getReadNodes(archInfo, key) {
    const arch = archInfo.xmlDoc.cloneNode(true);
    const hidden = getHiddenNames(archInfo, key);
    for (const name of hidden) {
        arch.querySelectorAll(`field[name="${name}"]`).forEach((node) => node.remove());
    }
    const unused = new Set(
        hidden.filter((name) => !new RegExp(`\\b${name}\\b`).test(arch.outerHTML))
    );
    return Object.fromEntries(
        Object.entries(archInfo.fieldNodes).filter(([, node]) => !unused.has(node.name))
    );
}

patch(ListController.prototype, {
    setup() {
        super.setup();
        if (isLazy(this.archInfo)) {
            useSubEnv({ readColumn: this.readColumn.bind(this) });
        }
    },

    get modelParams() {
        const params = super.modelParams;
        // Who comes back to a list finds what it had read.
        if (isLazy(this.archInfo) && !this.props.state?.modelState?.config) {
            const key = getViewKey(this.props.resModel, this.env.config.viewId);
            const archInfo = {
                ...this.archInfo,
                fieldNodes: getReadNodes(this.archInfo, key),
            };
            const { activeFields } = extractFieldsFromArchInfo(archInfo, this.props.fields);
            params.config.activeFields = activeFields;
        }
        return params;
    },

    async readColumn(name) {
        const { root } = this.model;
        if (name in root.activeFields || !(await root.leaveEditMode())) {
            return;
        }
        const fieldNodes = Object.values(this.archInfo.fieldNodes).filter(
            (node) => node.name === name
        );
        const { activeFields } = extractFieldsFromArchInfo({ fieldNodes }, this.props.fields);
        // In place: the groups of the list share it.
        Object.assign(root.config.activeFields, activeFields);
        await root.load();
    },
});

patch(ListRenderer.prototype, {
    createViewKey() {
        const { archInfo, list, nestedKeyOptionalFieldsData } = this.props;
        return nestedKeyOptionalFieldsData || !isLazy(archInfo)
            ? super.createViewKey()
            : getViewKey(list.resModel, this.env.config.viewId);
    },

    async toggleOptionalField(fieldName) {
        await this.env.readColumn?.(fieldName);
        return super.toggleOptionalField(fieldName);
    },
});
