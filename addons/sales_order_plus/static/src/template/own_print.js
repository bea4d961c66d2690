import { rpc } from "@web/core/network/rpc";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { downloadReport, getReportUrl } from "@web/webclient/actions/reports/utils";

let ownPrints;

/**
 * Without a browser engine on the server, Odoo shows reports as web pages. Those that
 * we print ourselves are downloaded all the same.
 */
async function printWithoutEngine(action, options, env) {
    if (action.report_type !== "qweb-pdf") {
        return false;
    }
    downloadReport.wkhtmltopdfStatusProm ||= rpc("/report/check_wkhtmltopdf");
    if (["upgrade", "ok"].includes(await downloadReport.wkhtmltopdfStatusProm)) {
        return false;
    }
    ownPrints ||= env.services.orm.silent.call("ir.actions.report", "get_own_prints", []);
    if (!(await ownPrints).includes(action.report_name)) {
        return false;
    }
    env.services.ui.block();
    try {
        await download({
            url: "/report/download",
            data: {
                data: JSON.stringify([getReportUrl(action, "pdf"), action.report_type]),
                context: JSON.stringify({ ...user.context, ...action.context }),
            },
        });
    } finally {
        env.services.ui.unblock();
    }
    return true;
}

registry.category("ir.actions.report handlers").add("sales_own_print", printWithoutEngine);
