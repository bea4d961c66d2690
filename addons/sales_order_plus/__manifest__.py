{
    "name": "Sales Order Plus",
    "summary": "Order desk: bulk intake, guarded confirmation, lifecycle and audit",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Order Plus",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "sale_management",
        # Brings the depth that keeps our action_confirm outside every other override.
        "sale_stock_margin",
        "stock_delivery",
        "sale_crm",
        "sale_loyalty_delivery",
        "sale_pdf_quote_builder",
        "account_payment",
        "partnership",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "security/order_rules.xml",
        "data/ir_cron.xml",
        "data/intake/ir_sequence.xml",
        "data/intake/ir_cron.xml",
        "views/seam/sales_audit_event_views.xml",
        "views/order/sale_order_views.xml",
        "views/order/sale_portal_templates.xml",
        "views/intake/sales_order_import_row_views.xml",
        "views/intake/sales_order_import_views.xml",
        "views/intake/sales_order_import_mapping_views.xml",
        "views/intake/sale_order_views.xml",
        # Last: the menus point at the actions above.
        "views/sales_order_plus_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/product_demo.xml",
        "demo/sale_order_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sales_order_plus/static/src/**/*",
        ],
        "web.assets_tests": [
            "sales_order_plus/static/tests/tours/**/*",
        ],
    },
}
