{
    "name": "Sales Subscription Plus",
    "summary": "Plans on products, subscriptions from orders, each period billed once",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Order Plus",
    "license": "LGPL-3",
    "depends": ["sales_order_plus"],
    "data": [
        "security/ir.model.access.csv",
        "security/rules.xml",
        "security/money_rules.xml",
        "data/ir_sequence.xml",
        "data/ir_cron.xml",
        "views/sales_subscription_plan_views.xml",
        "views/sales_plan_price_views.xml",
        "views/sales_plan_family_views.xml",
        "views/sales_subscription_change_views.xml",
        "views/sales_usage_views.xml",
        "views/sales_subscription_period_views.xml",
        "views/sales_subscription_views.xml",
        "views/sale_order_views.xml",
        "views/product_template_views.xml",
        "views/res_partner_views.xml",
        "views/sale_portal_templates.xml",
        "views/subscription_portal_templates.xml",
        # Last: the menus point at the actions above.
        "views/sales_subscription_plus_menus.xml",
    ],
    "demo": [
        "demo/sales_subscription_plan_demo.xml",
        "demo/sales_subscription_demo.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "sales_subscription_plus/static/tests/tours/**/*",
        ],
    },
}
