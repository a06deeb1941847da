// Small comforts. Everything works without them.

// The list of faults takes the focus, also where autofocus is for fields only.
if (!("autofocus" in HTMLElement.prototype)) document.getElementById("faults")?.focus();

// A message that was there from the start is put in again, which makes screen
// readers read it.
const notice = document.querySelector(".notice[role=status]");
if (notice) setTimeout(() => notice.contains(document.activeElement) || notice.append(...notice.childNodes), 300);

// A chosen variant shows its price and its picture; a small picture shows the
// large one without moving the page.
const gallery = document.querySelector(".gallery");
const thumbs = [...document.querySelectorAll(".thumbs a")];
const show = (picture, behavior) => {
  if (!picture) return;
  gallery.scrollTo({ left: picture.offsetLeft - gallery.firstElementChild.offsetLeft, behavior });
};
const price = document.getElementById("price");
const choose = (choice, behavior) => {
  const part = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const now = part("span", choice.dataset.price);
  now.className = "now";
  const parts = [now];
  if (choice.dataset.before) parts.push(" ", part("s", choice.dataset.before));
  if (choice.dataset.prior) {
    const prior = part("small", choice.dataset.prior);
    prior.className = "prior";
    parts.push(prior);
  }
  // What stays the same is not to be read out.
  if (parts.map((p) => p.textContent ?? p).join("") !== price.textContent) price.replaceChildren(...parts);
  show(document.getElementById(choice.dataset.picture), behavior);
};
for (const choice of document.querySelectorAll("input[type=radio][name=variant_id]")) {
  if (choice.checked) choose(choice, "instant");
  choice.addEventListener("change", () => choose(choice));
}
// From now on a price that changes is read out, as a whole.
if (price) Object.assign(price, { ariaLive: "polite", ariaAtomic: "true" });
for (const thumb of thumbs) {
  thumb.addEventListener("click", (event) => {
    event.preventDefault();
    show(document.querySelector(thumb.hash));
  });
}
if (thumbs.length) {
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const thumb = thumbs.find((t) => t.hash === "#" + target.id);
      if (isIntersecting) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    }
  }, { root: gallery, threshold: 0.6 });
  for (const figure of gallery.children) seen.observe(figure);
}

// A product's picture travels from the list to its page.
document.addEventListener("click", (event) => {
  const picture = event.target.closest?.("a[data-product]")?.querySelector("img");
  if (!picture) return;
  for (const other of document.querySelectorAll("img")) other.style.viewTransitionName = "none";
  picture.style.viewTransitionName = "product";
});

// A menu of the admin closes when something else is pressed, or Escape.
const closeMenus = (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (event.key ? event.key === "Escape" : !menu.contains(event.target)) {
      if (event.key && menu.contains(document.activeElement)) menu.firstElementChild.focus();
      menu.open = false;
    }
  }
};
addEventListener("click", closeMenus);
addEventListener("keydown", closeMenus);

// While a payment is on its way the page looks again by itself.
const check = document.querySelector("[data-check]")?.dataset.check;
const look = async (tries) => {
  const answer = await fetch(check).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  if (text && !text.includes("data-check=")) location.reload();
  else if (tries < 30) setTimeout(look, 1500 + tries * 250, tries + 1);
};
if (check) setTimeout(look, 1500, 1);

// What takes long in the admin shows how far it has come.
const follow = async () => {
  const answer = await fetch(location.href).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const next = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
  if (text && !next) return location.reload();
  if (next) document.querySelector("[data-live]").replaceChildren(...next.childNodes);
  setTimeout(follow, 1500);
};
if (document.querySelector("[data-live]")) setTimeout(follow, 1500);
