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

/** What reaches beyond the edge, to find the cause of a failure. */
function getWideElements(width) {
    return [...document.querySelectorAll("body *")]
        .filter((el) => el.getBoundingClientRect().right > width + 1)
        .map((el) => `${el.tagName}#${el.id}.${el.className}`)
        .slice(0, 8)
        .join(" | ");
}

/** The page must not scroll sideways: the thumb moves up and down alone. */
export const fits = (page) => ({
    content: `${page} fits the width of the phone`,
    trigger: "body",
    run() {
        const { scrollWidth, clientWidth } = document.documentElement;
        if (scrollWidth > clientWidth) {
            const wide = getWideElements(clientWidth);
            console.error(`${page}: ${scrollWidth} px on ${clientWidth} px: ${wide}`);
        }
    },
});

/** What is tapped must be within the screen and as high as a fingertip. */
export const tap = (content, trigger, options = {}) => ({
    content,
    trigger,
    async run({ click }) {
        const { left, right, height } = this.anchor.getBoundingClientRect();
        if (left < 0 || right > document.documentElement.clientWidth) {
            console.error(`${content}: ${trigger} is beyond the edge of the screen`);
        }
        if (height < 24) {
            console.error(`${content}: ${trigger} is only ${height} px high`);
        }
        await click();
    },
    ...options,
});
