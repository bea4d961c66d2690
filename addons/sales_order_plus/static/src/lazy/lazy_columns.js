import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { extractFieldsFromArchInfo } from "@web/model/relational_model/utils";
import { FormController } from "@web/views/form/form_controller";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { getWords, keepUnspoken } from "./words";

/**
 * Lists of this class read the columns that are shown; Odoo's read the hidden ones of
 * eighty orders too. A column is read when the user turns it on.
 */
const LAZY = "o_sales_lazy_columns";

function isLazy({ className }) {
    return (className || "").split(" ").includes(LAZY);
}

/** The choice of columns is kept under a name that does not depend on what is read. */
function getViewKey(env, model, field = "") {
    return [LAZY, model, env.config.viewId, field].join();
}

function getHiddenNames({ columns }, key) {
    const chosen = browser.localStorage.getItem(`optional_fields,${key}`);
    const isShown = ({ name, optional }) =>
        !optional || (chosen === null ? optional === "show" : chosen.split(",").includes(name));
    const fields = columns.filter((column) => column.type === "field");
    const shown = new Set(fields.filter(isShown).map((column) => column.name));
    return fields.map((column) => column.name).filter((name) => !shown.has(name));
}

/** Leave out hidden columns, but not those on which something shown depends. */
function withoutHidden(archInfo, key, mayLeaveOut = () => true) {
    const { xmlDoc } = archInfo;
    // What the server added for columns is hidden with them.
    const helpers = [...xmlDoc.querySelectorAll("field[data-used-by]")].map((node) =>
        node.getAttribute("name")
    );
    const hidden = [...getHiddenNames(archInfo, key), ...helpers].filter(mayLeaveOut);
    const unused = keepUnspoken(hidden, (names) => {
        const arch = xmlDoc.cloneNode(true);
        for (const name of names) {
            arch.querySelectorAll(`field[name="${name}"]`).forEach((node) => node.remove());
        }
        return getWords([arch]);
    });
    const isRead = ([, { name }]) => !unused.has(name);
    return {
        ...archInfo,
        fieldNodes: Object.fromEntries(Object.entries(archInfo.fieldNodes).filter(isRead)),
        allFieldNodes: archInfo.fieldNodes,
    };
}

/**
 * Leave out columns of lines that the server computes and nobody can write: what a
 * template or a copy puts into a line must come back with it.
 */
function withoutHiddenOfLines(node, key) {
    const { fields } = node.views.list;
    const mayLeaveOut = (name) => fields[name].readonly && !fields[name].store;
    const list = withoutHidden(node.views.list, key, mayLeaveOut);
    return { ...node, views: { ...node.views, list } };
}

patch(FormController.prototype, {
    setup() {
        super.setup();
        // Before the fields to read are taken from it, when the form starts.
        const { fieldNodes } = this.archInfo;
        const lazy = Object.entries(fieldNodes)
            .filter(([, node]) => node.views?.list && isLazy(node.views.list))
            .map(([id, node]) => [
                id,
                withoutHiddenOfLines(
                    node,
                    getViewKey(this.env, this.props.resModel, node.name)
                ),
            ]);
        if (lazy.length) {
            this.archInfo = {
                ...this.archInfo,
                fieldNodes: { ...fieldNodes, ...Object.fromEntries(lazy) },
            };
        }
    },
});

patch(ListController.prototype, {
    get modelParams() {
        const params = super.modelParams;
        // Who comes back to a list finds what it had read.
        if (isLazy(this.archInfo) && !this.props.state?.modelState?.config) {
            const key = getViewKey(this.env, this.props.resModel);
            const archInfo = withoutHidden(this.archInfo, key);
            const { activeFields } = extractFieldsFromArchInfo(archInfo, this.props.fields);
            params.config.activeFields = activeFields;
        }
        return params;
    },
});

patch(ListRenderer.prototype, {
    createViewKey() {
        const { archInfo, list, nestedKeyOptionalFieldsData: parent } = this.props;
        return isLazy(archInfo)
            ? getViewKey(this.env, parent?.model || list.resModel, parent?.field)
            : super.createViewKey();
    },

    async toggleOptionalField(fieldName) {
        const { archInfo, list } = this.props;
        if (!isLazy(archInfo) || fieldName in list.activeFields) {
            return super.toggleOptionalField(fieldName);
        }
        // With what its modifiers and colours depend on.
        const columns = [...archInfo.xmlDoc.querySelectorAll(`field[name="${fieldName}"]`)];
        const words = getWords(columns);
        const fieldNodes = Object.values(archInfo.allFieldNodes || archInfo.fieldNodes).filter(
            (node) => words.has(node.name)
        );
        const { activeFields } = extractFieldsFromArchInfo({ fieldNodes }, list.fields);
        const added = Object.keys(activeFields).filter((name) => !(name in list.activeFields));
        // In place: the groups and records of the list share it.
        added.forEach((name) => (list.activeFields[name] = activeFields[name]));
        if (await this.readAgain(list)) {
            return super.toggleOptionalField(fieldName);
        }
        added.forEach((name) => delete list.activeFields[name]);
    },

    /** Read the list with its new column; false if it cannot be left as it is. */
    async readAgain({ model: { root } }) {
        if (!root.config.isMonoRecord) {
            return (await root.leaveEditMode()) && this.loadSelected(root);
        }
        // What was typed is saved, not lost.
        if (root.isNew || (await root.isDirty())) {
            return root.save();
        }
        return root.load().then(() => true);
    },

    /** Load a list; what was selected stays so. */
    async loadSelected(root) {
        const selected = new Set(root.selection.map(({ resId }) => resId));
        await root.load();
        for (const record of root.records) {
            if (selected.has(record.resId)) {
                record.toggleSelection(true);
            }
        }
        return true;
    },
});
