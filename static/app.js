// Small comforts. Everything works without them.
const faults = document.getElementById("faults");
if (faults) faults.focus();

// A chosen variant shows its picture.
document.querySelectorAll("input[data-picture]").forEach((choice) => {
  choice.addEventListener("change", () => {
    const picture = document.getElementById(choice.dataset.picture);
    if (picture) picture.parentElement.scrollTo({ left: picture.offsetLeft - picture.parentElement.offsetLeft, behavior: "smooth" });
  });
});
document.querySelectorAll(".thumbs a").forEach((link) => {
  link.addEventListener("click", (event) => {
    const picture = document.querySelector(link.getAttribute("href"));
    if (!picture) return;
    event.preventDefault();
    picture.parentElement.scrollTo({ left: picture.offsetLeft - picture.parentElement.offsetLeft, behavior: "smooth" });
  });
});

// While a payment is on its way the page looks again by itself.
const waiting = document.querySelector("[data-check]");
if (waiting) {
  let tries = 0;
  const look = async () => {
    tries += 1;
    const answer = await fetch(waiting.dataset.check).catch(() => null);
    const text = answer && answer.ok ? await answer.text() : "";
    if (text && !text.includes("data-check=")) location.reload();
    else if (tries < 20) setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}
