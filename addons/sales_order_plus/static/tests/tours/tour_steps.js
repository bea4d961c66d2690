/** Steps that choose an action from the gear of a form or list. */
export const openAction = (name) => [
    {
        content: "Open the menu of actions",
        trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
        run: "click",
    },
    {
        content: `Choose ${name}`,
        trigger: `.o-dropdown--menu .o_menu_item:contains(${name})`,
        run: "click",
    },
];
