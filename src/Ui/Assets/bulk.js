// Selecting rows: one box for the whole page, Shift for a stretch of it, and how many there are. Without script the boxes and the form
// work by themselves.
import { each } from "./dom.js";

each("form[data-bulk]", (form) => {
  const id = CSS.escape(form.getAttribute("id")); // form.id is the boxes: their name is "id"
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${id}"]`)];
  const all = document.querySelector(`[data-bulk-all="${id}"]`);
  const count = form.querySelector("[data-bulk-count]");
  let last = null;

  const tell = () => {
    const some = boxes.filter((box) => box.checked).length;
    form.classList.toggle("is-some", some > 0);
    count.textContent = some > 0 ? `${some} selected` : "";
    if (!all) return;
    all.checked = some > 0 && some === boxes.length;
    all.indeterminate = some > 0 && some < boxes.length;
  };

  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      const from = boxes.indexOf(last);
      if (event.shiftKey && from >= 0) {
        const to = boxes.indexOf(box);
        for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
      }
      last = box;
      tell();
    });
  }

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
  }
  tell();
});
