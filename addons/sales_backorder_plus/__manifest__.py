{
    "name": "Sales Backorder Plus",
    "summary": "Deliver what is there: backorders computed from stock, with a date",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Order Plus",
    "license": "LGPL-3",
    "depends": [
        "sales_order_plus",
        "sale_purchase_stock",
        "stock_dropshipping",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/ir_sequence.xml",
        "data/ir_cron.xml",
        "views/sales_backorder_views.xml",
        "views/sales_backorder_dashboard_views.xml",
        "views/sale_order_views.xml",
        "views/sale_portal_templates.xml",
        "views/portal_backorder_templates.xml",
        "views/purchase_portal_templates.xml",
        "views/mail_templates.xml",
        # Rendered once when they are loaded: after what they show.
        "data/mail_template_data.xml",
        "views/sales_vendor_performance_views.xml",
        "views/sales_backorder_policy_views.xml",
        "views/sales_backorder_run_views.xml",
        "views/sales_backorder_procure_views.xml",
        "views/sales_backorder_way_views.xml",
        "views/sales_product_substitute_views.xml",
        "views/sales_backorder_choice_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
        # Last: the menus point at the actions above.
        "views/sales_backorder_plus_menus.xml",
    ],
    "demo": [
        "demo/product_demo.xml",
        "demo/sale_order_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sales_backorder_plus/static/src/fulfilment_field/**/*",
        ],
        "web.assets_tests": [
            "sales_backorder_plus/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
}
