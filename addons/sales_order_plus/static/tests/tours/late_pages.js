import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const openPage = (name) => ({
    content: `Open the page ${name}`,
    trigger: `.o_form_view .nav-link[name=${name}]`,
    run: "click",
});

const field = (name, value) =>
    `.o_form_view .o_field_widget[name=${name}] input:value("${value}")`;

const edit = (name, value) => ({
    content: `Type ${value}`,
    trigger: `.o_form_view .o_field_widget[name=${name}] input`,
    run: `edit ${value}`,
});

const chooseCustomer = (name) => [
    edit("partner_id", name),
    {
        content: `Choose ${name}`,
        trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
        run: "click",
    },
];

const save = [
    {
        content: "Save",
        trigger: ".o_form_button_save",
        run: "click",
    },
    {
        content: "It is saved",
        trigger: ".o_form_view .o_form_saved",
    },
];

tours.add("sales_order_plus_late_pages", {
    steps: () => [
        {
            content: "Open the first order from its list",
            trigger: ".o_data_row .o_data_cell[name=name]:contains(LATE-1)",
            run: "click",
        },
        openPage("other_information"),
        {
            content: "The value is there",
            trigger: field("project_code", "P-1"),
        },
        edit("project_code", "P-9"),
        {
            content: "Think better of it",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            content: "As it was",
            trigger: field("project_code", "P-1"),
        },
        edit("project_code", "P-3"),
        ...save,
        {
            content: "The next order",
            trigger: ".o_pager_next",
            run: "click",
        },
        {
            content: "Its value is read with it",
            trigger: `body:has(.o_form_view .oe_title:contains(LATE-2)) ${field("project_code", "P-2")}`,
        },
        ...chooseCustomer("Tokyo Customer"),
        {
            content: "On the open page one sees what follows from it",
            trigger: field("order_tz", "Asia/Tokyo"),
        },
        ...save,
    ],
});

tours.add("sales_order_plus_late_pages_typed", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        ...chooseCustomer("Tokyo Customer"),
        openPage("other_information"),
        {
            content: "What follows from a change that is not saved",
            trigger: field("order_tz", "Asia/Tokyo"),
        },
        {
            content: "Discard",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            content: "What is saved",
            trigger: field("order_tz", "Europe/Brussels"),
        },
    ],
});

const startOrder = [
    {
        content: "A new order",
        trigger: ".o_list_button_add",
        run: "click",
    },
    ...chooseCustomer("Tokyo Customer"),
    {
        content: "The customer is chosen",
        trigger: field("partner_id", "Tokyo Customer"),
    },
];

tours.add("sales_order_plus_late_pages_new", {
    steps: () => [...startOrder, ...save],
});

tours.add("sales_order_plus_late_pages_new_open", {
    steps: () => [
        ...startOrder,
        openPage("other_information"),
        {
            content: "What follows from the customer",
            trigger: field("order_tz", "Asia/Tokyo"),
        },
        edit("project_code", "P-7"),
        ...save,
        {
            content: "It is kept",
            trigger: field("project_code", "P-7"),
        },
    ],
});

tours.add("sales_order_plus_late_pages_broken", {
    steps: () => [
        { content: "The order is open", trigger: ".o_form_view .o_data_row" },
        openPage("other_information"),
        {
            content: "The error is shown",
            trigger: ".o_error_dialog:contains(Not today), .modal:contains(Not today)",
        },
        {
            content: "Close it",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        openPage("order_lines"),
        {
            content: "The form works as before",
            trigger: ".o_form_view:not(:has(.modal)) .o_data_row",
        },
    ],
});
