/** All names in a text: what it does not name, it cannot depend on. */
export function getWords(text) {
    return new Set(text.match(/\w+/g));
}
