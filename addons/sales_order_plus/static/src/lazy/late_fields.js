import { pick } from "@web/core/utils/objects";
import { extractFieldsFromArchInfo } from "@web/model/relational_model/utils";
import { getWords, keepUnspoken } from "./words";

/** Fields that the server marked: nothing is lost while the client does not know them. */
const LATE = "o_sales_late";
/** Fields that tell what lies beside the saved record: no typing changes them. */
const SAVED = "o_sales_saved";

export function getSavedNames(xmlDoc) {
    return [...xmlDoc.querySelectorAll(`field.${SAVED}`)]
        .filter((node) => !node.parentNode.closest("field"))
        .map((node) => node.getAttribute("name"));
}

/** The pages with such fields; their names are not those of pages in lines. */
function getPages(xmlDoc) {
    return [...xmlDoc.querySelectorAll("page")].filter(
        (page) => !page.closest("field") && page.querySelector(`field.${LATE}`)
    );
}

/** Leave out what is shown, and evaluated, only while one of the pages is open. */
function withoutPages(xmlDoc, names) {
    const arch = xmlDoc.cloneNode(true);
    const isLate = (node) => names.has(node.getAttribute("name"));
    for (const page of getPages(arch)) {
        const fields = [...page.querySelectorAll("field")];
        page.replaceChildren(
            ...fields.filter((node) => !node.parentNode.closest("field") && !isLate(node))
        );
    }
    return arch;
}

/** What the definitions of the fields below a node say of other fields. */
function getDefinitions(node, fields) {
    return [...node.querySelectorAll("field")]
        .filter((field) => !field.parentNode.closest("field"))
        .map((field) => {
            const { domain, context, currency_field, definition_record, model_field } =
                fields[field.getAttribute("name")];
            return JSON.stringify([
                domain,
                context,
                currency_field,
                definition_record,
                model_field,
            ]);
        });
}

function getNamesIn(node, fields) {
    return getWords([node], getDefinitions(node, fields));
}

/** Names of marked fields on which nothing outside of the pages depends. */
function getLateNames(xmlDoc, fields) {
    const marked = getPages(xmlDoc).flatMap((page) => [
        ...page.querySelectorAll(`field.${LATE}`),
    ]);
    return keepUnspoken(
        marked.map((node) => node.getAttribute("name")),
        (names) => getNamesIn(withoutPages(xmlDoc, names), fields)
    );
}

/** Names of the chosen nodes of an arch, and of what their widgets depend on. */
function getNamesOf({ fieldNodes, widgetNodes }, fields, isField, isWidget) {
    const choose = (nodes, isChosen) =>
        Object.fromEntries(Object.entries(nodes).filter(([id, node]) => isChosen(id, node)));
    const chosen = {
        fieldNodes: choose(fieldNodes, isField),
        widgetNodes: choose(widgetNodes, isWidget),
    };
    return new Set(Object.keys(extractFieldsFromArchInfo(chosen, fields).activeFields));
}

function getIds(page, attribute) {
    const nodes = [...page.querySelectorAll(`[${attribute}]`)];
    return new Set(nodes.map((node) => node.getAttribute(attribute)));
}

/**
 * Return the fields of a form that are read late, and the names to read with each page.
 */
export function splitFields(archInfo, fields, activeFields) {
    const { xmlDoc } = archInfo;
    const pages = getPages(xmlDoc);
    if (!pages.length) {
        return { fields: {}, pages: [] };
    }
    const lateNames = getLateNames(xmlDoc, fields);
    const lateWidgets = new Set(pages.flatMap((page) => [...getIds(page, "widget_id")]));
    const now = getNamesOf(
        archInfo,
        fields,
        (_id, { name }) => !lateNames.has(name),
        (id) => !lateWidgets.has(id)
    );
    const late = Object.keys(activeFields).filter(
        (name) => name !== "display_name" && !now.has(name)
    );
    const getLateOf = (page) => {
        const ids = getIds(page, "field_id");
        const widgets = getIds(page, "widget_id");
        const shown = getNamesOf(
            archInfo,
            fields,
            (id) => ids.has(id),
            (id) => widgets.has(id)
        );
        const told = getNamesIn(page, fields);
        return late.filter((name) => shown.has(name) || told.has(name));
    };
    return {
        fields: pick(activeFields, ...late),
        pages: pages.map((page) => [page, getLateOf(page)]),
    };
}
