/**
 * Adds a button to every address of a list with data-copy, which copies it. The
 * list's attributes hold the button's words, before and after. Browsers give
 * the clipboard to secure pages only; elsewhere there are no buttons.
 */
export function addCopyButtons(): void {
  if (!navigator.clipboard) return;
  for (const list of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    for (const address of list.querySelectorAll("dd")) {
      const text = address.textContent?.trim() ?? "";
      const label = address.previousElementSibling?.textContent ?? "";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      const say = (words = "") => {
        button.textContent = words;
        button.setAttribute("aria-label", `${words} : ${label}`);
      };
      say(list.dataset.copy);
      button.addEventListener("click", () => {
        void navigator.clipboard.writeText(text).then(() => {
          say(list.dataset.copied);
          setTimeout(() => say(list.dataset.copy), 2000);
        });
      });
      address.append(" ", button);
    }
  }
}
