import { Component, markRaw, onWillStart, onWillUpdateProps, toRaw, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { omit, pick } from "@web/core/utils/objects";
import { patch } from "@web/core/utils/patch";
import { append, createElement } from "@web/core/utils/xml";
import { Record } from "@web/model/relational_model/record";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { getBasicEvalContext, getFieldsSpec } from "@web/model/relational_model/utils";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { getSavedNames, splitFields } from "./late_fields";

/**
 * Pages of a form are read when they are opened: Odoo reads all of them with each order,
 * and computes all of their fields for a new one. Which fields may wait, the server says
 * (sale_order_late.py). A page that was opened is read with the others from then on.
 */
const PAGE = "sales_late_page";
const NAMES = "data-late-fields";

patch(FormController.prototype, {
    onWillLoadRoot(config) {
        super.onWillLoadRoot(...arguments);
        if (!this.model.lateFields) {
            const { fields, pages } = splitFields(
                this.archInfo,
                config.fields,
                config.activeFields
            );
            this.model.lateFields = markRaw(fields);
            this.model.savedNames = markRaw(getSavedNames(this.archInfo.xmlDoc));
            pages.forEach(([page, names]) => page.setAttribute(NAMES, JSON.stringify(names)));
            config.activeFields = omit(config.activeFields, ...Object.keys(fields));
        }
    },
});

patch(RelationalModel.prototype, {
    _onchange(config, params) {
        const { isRoot, activeFields } = config;
        return super._onchange(
            {
                ...config,
                activeFields: isRoot
                    ? omit(activeFields, ...(this.savedNames || []))
                    : activeFields,
            },
            params
        );
    },
});

/** Shows a page of a form once its values are there. */
export class LatePage extends Component {
    static template = xml`<t t-if="isRead"><t t-slot="default"/></t>`;
    static props = { record: Object, names: Array, slots: Object };

    setup() {
        onWillStart(() => this.read(this.props));
        onWillUpdateProps((props) => this.read(props));
    }

    get isRead() {
        return this.props.record.isLateRead(this.props.names);
    }

    async read({ record, names }) {
        // Shown as any error, once; who comes back to the page tries again.
        if (this.failed !== record.id) {
            await record.readLate(names);
            this.failed = record.isLateRead(names) ? undefined : record.id;
        }
    }
}

patch(FormRenderer.prototype, {
    // Not among the components: renderers made before have their own list of them.
    get LatePage() {
        return LatePage;
    },
});

patch(FormCompiler.prototype, {
    compileNotebook(el, params) {
        for (const page of el.querySelectorAll(`:scope > page[${NAMES}]`)) {
            const late = createElement(PAGE, [...page.childNodes]);
            late.setAttribute(NAMES, page.getAttribute(NAMES));
            page.append(late);
        }
        return super.compileNotebook(el, params);
    },
});

registry.category("form_compilers").add(PAGE, {
    selector: PAGE,
    doNotCopyAttributes: true,
    fn(el, params) {
        const late = createElement("t", {
            "t-component": "__comp__.LatePage",
            record: "__comp__.props.record",
            names: el.getAttribute(NAMES),
        });
        for (const child of el.childNodes) {
            append(late, this.compileNode(child, params));
        }
        return late;
    },
});

patch(Record.prototype, {
    isLateRead(names) {
        return names.every((name) => name in this.activeFields);
    },

    /** Read fields that were left out; errors are shown, and leave the rest as it is. */
    async readLate(names) {
        if (this.isLateRead(names)) {
            return;
        }
        // A page that is drawn again before it was shown asks a second time.
        const key = names.join();
        this._lateReads ||= markRaw({});
        this._lateReads[key] ||= this.model.mutex
            .exec(() => this._readLate(names))
            .catch((error) => void Promise.reject(error))
            .finally(() => delete this._lateReads[key]);
        return this._lateReads[key];
    },

    async _readLate(allNames) {
        // Another page may have read some of them in the meantime.
        const names = allNames.filter((name) => !(name in this.activeFields));
        const activeFields = pick(this.model.lateFields, ...names);
        const [values, changes] = await Promise.all(
            this.isNew
                ? [this._computeLate(activeFields, []), {}]
                : [this._loadLate(activeFields), this._computeLateChanges(activeFields)]
        );
        this.model._updateConfig(
            this.config,
            { activeFields: { ...this.activeFields, ...activeFields } },
            { reload: false }
        );
        this._lateValues = markRaw({
            ...this._lateValues,
            ...this._getDefaultValues(names),
            ...pick(values, ...names),
        });
        this._applyValues(pick(this._lateValues, ...names));
        this._applyChanges({}, pick(changes, ...names));
    },

    async _loadLate(activeFields) {
        const evalContext = getBasicEvalContext(this.config);
        const config = { ...this.config, activeFields };
        return (await this.model._loadRecords(config, evalContext))[0];
    },

    /** What has been typed, and is not saved, may change them. */
    async _computeLateChanges(activeFields) {
        const changed = Object.keys(this._changes).filter(
            (name) => this.activeFields[name]?.onChange && !this.fields[name].readonly
        );
        return changed.length ? this._computeLate(activeFields, changed) : {};
    },

    async _computeLate(activeFields, changed) {
        const { config, fields, resId, resModel } = this;
        const spec = getFieldsSpec(activeFields, fields, toRaw(this.evalContext), {
            withInvisible: true,
        });
        const values = this._getChanges(this._changes, { withReadonly: true });
        for (const name of Object.keys(values)) {
            if (["one2many", "many2many"].includes(fields[name].type)) {
                spec[name] ||= {}; // the server asks whether it has changed
            }
        }
        // Computed anew; what is given would keep the server from it.
        const isTyped = (name) => !fields[name].readonly;
        const { value } = await this.model.orm.call(
            resModel,
            "onchange",
            [
                resId ? [resId] : [],
                pick(values, ...Object.keys(values).filter(isTyped)),
                changed,
                spec,
            ],
            { context: { ...config.context, sales_late_fields: Object.keys(activeFields) } }
        );
        return value;
    },

    /** A record that comes a second time, from behind the cache, comes without them. */
    _setData(data, options) {
        return super._setData({ ...this._lateValues, ...data }, options);
    },
});
