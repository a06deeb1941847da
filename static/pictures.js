// Comforts of the page of a product's pictures. It works without them.

// Files that are dropped, or chosen together, go into the rows of the form.
const form = document.querySelector(".upload");
const rows = form ? [...form.querySelectorAll("input[type=file]")] : [];
const spread = (files) => {
  const free = rows.filter((row) => !row.files.length);
  [...files].slice(0, free.length).forEach((file, i) => {
    const one = new DataTransfer();
    one.items.add(file);
    free[i].files = one.files;
  });
  const left = files.length - free.length;
  said.textContent = left > 0 ? `${left} more than fit: upload these first.` : "Say below what each picture shows.";
  form.querySelector("fieldset input:not([type=file])").focus();
};
const said = document.createElement("p");
if (form) {
  said.className = "hint";
  said.setAttribute("role", "status");
  const drop = document.createElement("div");
  drop.className = "drop";
  drop.append("Drop pictures here, or choose several below: the first field takes them all.", said);
  form.querySelector("fieldset").before(drop);
  rows[0].multiple = true;
  rows[0].addEventListener("change", () => {
    const files = [...rows[0].files];
    if (files.length < 2) return;
    rows[0].value = "";
    spread(files);
  });
  for (const [type, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", over);
      if (type === "drop") spread(event.dataTransfer.files);
    });
  }
}

// While pictures are being made the page counts along.
const progress = document.getElementById("progress");
const count = async (tries) => {
  const answer = await fetch(location.pathname).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const now = page?.getElementById("progress");
  if (now) progress.replaceChildren(...now.childNodes);
  if (progress.querySelector("progress") && tries < 60) setTimeout(count, 2000, tries + 1);
};
if (progress?.querySelector("progress")) setTimeout(count, 2000, 1);
