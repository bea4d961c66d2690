{
    "name": "Sales Approval Plus",
    "summary": "Approval policies by amount and discount stop orders on every path",
    "version": "19.0.1.1.0",
    "category": "Sales/Sales",
    "author": "Sales Order Plus",
    "license": "LGPL-3",
    "depends": ["sales_order_plus"],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        "views/sales_approval_role_views.xml",
        "views/sales_approval_step_views.xml",
        "views/sales_approval_policy_views.xml",
        "views/sales_approval_delegation_views.xml",
        "views/sales_approval_request_views.xml",
        "wizard/sales_approval_decision_views.xml",
        "wizard/sales_approval_override_views.xml",
        "views/sale_order_views.xml",
        # Last: the menus point at the actions above.
        "views/sales_approval_plus_menus.xml",
    ],
    "demo": [
        "demo/sales_approval_policy_demo.xml",
        "demo/sale_order_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "sales_approval_plus/static/tests/tours/**/*",
        ],
    },
}
