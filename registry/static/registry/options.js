// Lists of options to tick: a search field above them, in every language the options have words in.
for (const box of document.querySelectorAll("[data-options-search]")) {
  const options = box.parentElement.querySelectorAll("[data-words]");
  box.hidden = false;
  box.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of options) {
      const found = words.every((word) => option.dataset.words.includes(word));
      option.hidden = !found && !option.querySelector("input").checked;
    }
  });
  // Enter in the search field is no answer to the form around it.
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
