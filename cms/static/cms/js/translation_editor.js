// Two texts of the translation editor that its own script writes in English: put right wherever they appear.
(() => {
  const words = document.currentScript.dataset;

  function put(root, props) {
    const english = `${props.sourceLocale.displayName} to ${props.locale.displayName} translation`;
    const title = words.title
      .replace("{source}", props.sourceLocale.displayName)
      .replace("{target}", props.locale.displayName);
    for (const [selector, from, to] of [["h3", english, title], [".w-sr-only", "More actions", words.more]]) {
      for (const element of root.querySelectorAll(selector)) {
        // What is written already is left alone: writing it again would call this again, for ever.
        if (from !== to && element.textContent === from) element.textContent = to;
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.querySelector(".js-translation-editor");
    if (!root || !root.dataset.props) return;
    const props = JSON.parse(root.dataset.props);
    new MutationObserver(() => put(root, props)).observe(root, { childList: true, subtree: true });
    put(root, props);
  });
})();
