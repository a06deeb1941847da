// Suggestions while somebody types into the search field of the page's head.
// Without this the form does all it needs.
const form = document.querySelector("[data-suggest]");
const field = form?.querySelector("input");
if (field) {
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggested", role: "listbox", ariaLabel: "Suggestions", hidden: true, className: "suggested" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "suggested", "aria-autocomplete": "list" })) field.setAttribute(name, value);
  form.append(list);
  let at = -1, asked = "", timer;
  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const open = (yes) => {
    list.hidden = !yes;
    field.setAttribute("aria-expanded", yes);
    mark(-1);
  };
  const ask = async () => {
    const typed = (asked = field.value.trim());
    const answer = typed.length < 2 ? null : await fetch(form.dataset.suggest + "?q=" + encodeURIComponent(typed)).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => []) : [];
    if (typed !== asked || document.activeElement !== field) return;
    list.replaceChildren(...found.map(({ label, url }, i) => {
      const option = document.createElement("li");
      Object.assign(option, { id: "suggested-" + i, role: "option", textContent: label });
      option.dataset.url = url;
      return option;
    }));
    open(found.length > 0);
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  field.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "Escape" && !list.hidden) open(false);
    else if (event.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.url);
    else if (event.key === "ArrowDown" && count) list.hidden ? open(true) : mark(at + 1 < count ? at + 1 : -1);
    else if (event.key === "ArrowUp" && !list.hidden) mark(at < 0 ? count - 1 : at - 1);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => open(false));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.dataset.url && location.assign(event.target.dataset.url));
}
