// The cart as a drawer beside the product. Without this file every form leads
// to the cart's own page.
const badge = document.querySelector(".badge");
let drawer, busy, leaving;

const make = () => {
  drawer = document.createElement("dialog");
  drawer.className = "drawer";
  drawer.setAttribute("aria-labelledby", "drawer");
  drawer.innerHTML = '<p class="visually-hidden" role="status"></p><div></div>';
  drawer.addEventListener("click", (event) => event.target === drawer && drawer.close());
  drawer.addEventListener("submit", send);
  document.body.append(drawer);
};

// show puts the cart, as the shop drew it, into the drawer. The focus goes to
// what is wrong, or back to the button that was pressed.
const show = (html, pressed) => {
  if (!drawer) make();
  const [said, body] = drawer.children;
  body.innerHTML = html;
  const { cartCount } = body.firstElementChild.dataset;
  badge.textContent = cartCount;
  badge.classList.toggle("none", cartCount === "0");
  const inside = drawer.open && pressed;
  if (!drawer.open) drawer.showModal();
  const again = inside && [...body.querySelectorAll("button")].find((b) => b.form.action === pressed.form.action && b.value === pressed.value);
  (body.querySelector("#faults") ?? (again || body.querySelector("#drawer"))).focus();
  said.textContent = "";
  setTimeout(() => { said.textContent = body.querySelector(".notice p")?.textContent ?? ""; }, 100);
};

async function send(event) {
  const { target: form, submitter } = event;
  if (form.method !== "post") return;
  if (submitter?.hasAttribute("formaction")) { // to the payment page, once
    if (leaving) event.preventDefault();
    leaving = true;
    return;
  }
  event.preventDefault();
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form, submitter)), headers: { Drawer: "1" },
    });
    const html = await answer.text();
    if (answer.headers.has("Drawer")) {
      if (!drawer?.open) document.getElementById("faults")?.remove();
      show(html, submitter);
    } else if (drawer?.open) location = "/cart";
    else form.submit(); // what is wrong with it stands on the page itself
  } catch {
    location = "/cart";
  } finally {
    busy = false;
  }
}

document.querySelector('form[action="/cart/items"]')?.addEventListener("submit", send);
addEventListener("pageshow", () => { leaving = false; });

// A note is kept when the shopper leaves its field, whatever comes next.
document.querySelector("textarea#note")?.addEventListener("change", ({ target }) => {
  fetch("/cart/note", { method: "POST", body: new URLSearchParams({ note: target.value }), headers: { Drawer: "1" }, keepalive: true }).catch(() => {});
});
