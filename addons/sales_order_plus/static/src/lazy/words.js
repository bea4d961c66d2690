/**
 * All names of which parts of an arch, or other texts, speak: on what they do not name,
 * they cannot depend.
 */
export function getWords(nodes, texts = []) {
    const archs = nodes.map((node) => {
        const arch = node.cloneNode(true);
        // For whom the server added a field; it speaks of fields that may be left out.
        [arch, ...arch.querySelectorAll("[data-used-by]")].forEach((one) =>
            one.removeAttribute("data-used-by")
        );
        return arch.outerHTML;
    });
    return new Set([...archs, ...texts].join(" ").match(/\w+/g));
}

/**
 * Keep the names of which nothing speaks that stays when they are left out; what is not
 * left out is one more that may speak of others.
 */
export function keepUnspoken(names, getWordsWithout) {
    const kept = new Set(names);
    for (let before; before !== kept.size; ) {
        before = kept.size;
        getWordsWithout(kept).forEach((word) => kept.delete(word));
    }
    return kept;
}
