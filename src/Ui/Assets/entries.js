// Several names in one field, each a chip. What is one name, and whether it is good, the server says: the form is posted to the address in
// `data-entries`, which answers { entries: [{ text, why }], says }. Until then, and where it does not answer, what was typed goes with the
// form as it is. Keys: Enter or a separator ends a name, Backspace takes out the last, arrows walk along the chips.
import { each } from "./dom.js";

const address = /\S@\S/;

each("[data-entries]", (box) => {
  const entry = box.querySelector("textarea");
  const { form, name, required, placeholder } = entry;
  const list = document.createElement("ul");
  list.setAttribute("aria-label", box.dataset.entriesLabel);
  const count = document.createElement("p");
  count.className = "field-hint";
  count.setAttribute("role", "status");
  let entries = [];
  let running = null;
  let isEditing = false;

  box.classList.add("is-live");
  entry.rows = 1;
  box.prepend(list);
  box.after(count);

  // What is whole: a line, a list, an address with a blank behind it. A comma may also stand within "Last, First <address>".
  function isWhole(text) {
    if (/[\n;]/.test(text)) return true;
    return address.test(text) && (/[,>]\s*$/.test(text) || (!/[<"]/.test(text) && /\S@\S+\s/.test(text)));
  }

  function take() {
    const text = entry.value.trim();
    entry.value = "";
    if (text === "") return;
    entries.push({ text });
    render();
    look();
  }

  async function look() {
    running?.abort();
    count.textContent = "";
    if (entries.length === 0 || !box.dataset.entries) return;
    const mine = running = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.delete(name);
    for (const one of entries) body.append(name, one.text);
    try {
      const answer = await fetch(box.dataset.entries, { method: "POST", body, credentials: "same-origin", signal: mine.signal });
      if (!answer.ok || answer.redirected) return;
      const told = await answer.json();
      if (mine.signal.aborted || isEditing) return;
      if (told.entries) entries = told.entries;
      render();
      count.textContent = told.says;
    } catch {
      // newer words, or no server: what was typed is in the form
    }
  }

  function render(focus) {
    const held = focus ?? buttons().indexOf(document.activeElement);
    list.replaceChildren(...entries.map(chip));
    list.hidden = entries.length === 0;
    entry.required = required && entries.length === 0;
    entry.placeholder = entries.length === 0 ? placeholder : "";
    const error = box.parentElement.querySelector(":scope > .field-error");
    if (error && entries.some((one) => one.why === error.textContent.trim())) error.hidden = true; // it stands at its name
    const all = buttons();
    const at = all.length === 0 ? -1 : Math.min(Math.max(held, 0), all.length - 1);
    all.forEach((button, i) => { button.tabIndex = i === at ? 0 : -1; });
    if (held < 0) return;
    (all[at] ?? entry).focus();
  }

  const buttons = () => [...list.querySelectorAll("button")];

  function chip(one) {
    const item = document.createElement("li");
    item.className = one.why ? "entry entry-faulty" : "entry";
    const text = document.createElement("button");
    text.type = "button";
    text.className = "entry-text";
    text.setAttribute("aria-label", one.why ? `Correct ${one.text}: ${one.why}` : `Change ${one.text}`);
    const shown = document.createElement("bdi");
    shown.textContent = one.text;
    text.append(shown);
    text.addEventListener("click", () => change(item, one));
    const out = document.createElement("button");
    out.type = "button";
    out.className = "entry-out";
    out.setAttribute("aria-label", `Remove ${one.text}`);
    out.textContent = "×";
    out.addEventListener("click", () => remove(one));
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = one.text;
    item.append(text, out, field);
    if (one.why) {
      const why = document.createElement("span");
      why.className = "entry-why";
      why.textContent = one.why;
      item.append(why);
    }
    return item;
  }

  function remove(one, to) {
    const at = entries.indexOf(one);
    if (at < 0) return;
    entries.splice(at, 1);
    render(to ?? Math.max(0, 2 * at - 1)); // the cross of the one before
    if (entries.length === 0 || to === -1) entry.focus();
    look();
  }

  // Corrected where it stands: Enter or leaving keeps, Escape takes back, empty takes out.
  function change(item, one) {
    isEditing = true;
    const input = document.createElement("input");
    input.className = "entry-input";
    input.value = one.text;
    input.name = name;
    input.spellcheck = false;
    input.autocapitalize = "none";
    input.setAttribute("aria-label", `Correct ${one.text}`);
    if (one.why) input.setAttribute("aria-description", one.why);
    const done = (keep, back) => {
      if (!isEditing) return;
      isEditing = false;
      const text = input.value.trim();
      const at = entries.indexOf(one);
      if (keep && text === "") entries.splice(at, 1);
      else if (keep && text !== one.text) entries[at] = { text };
      render(back ? Math.max(0, 2 * at) : -1);
      if (back && entries.length === 0) entry.focus();
      look();
    };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault(); // Escape leaves the chip, not the dialog
      event.stopPropagation();
      done(event.key === "Enter", true);
    });
    input.addEventListener("blur", () => done(true, false));
    item.replaceChildren(input);
    input.focus();
    input.select();
  }

  entry.addEventListener("input", (event) => {
    if (!event.isComposing && isWhole(entry.value)) take();
  });
  entry.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    } else if (entry.value === "" && entries.length > 0 && event.key === "Backspace") {
      event.preventDefault();
      remove(entries.at(-1), -1);
    } else if (entry.value === "" && entries.length > 0 && event.key === (isRightToLeft() ? "ArrowRight" : "ArrowLeft")) {
      event.preventDefault();
      step(buttons().length - 1);
    }
  });
  // Not at once: what is pressed to leave the field must not move away under the pointer.
  entry.addEventListener("blur", () => setTimeout(() => {
    if (document.activeElement !== entry && form.dataset.sent === undefined) take();
  }, 200));

  list.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const forward = isRightToLeft() ? -1 : 1;
    const to = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Backspace" || event.key === "Delete") {
      event.preventDefault();
      remove(entries[Math.floor(at / 2)]);
    } else if (to !== undefined) {
      event.preventDefault();
      step(to);
    }
  });

  function step(to) {
    const all = buttons();
    if (to >= all.length) {
      entry.focus();
      return;
    }
    all.forEach((button, i) => { button.tabIndex = i === Math.max(0, to) ? 0 : -1; });
    all[Math.max(0, to)]?.focus();
  }

  const isRightToLeft = () => getComputedStyle(box).direction === "rtl";

  box.addEventListener("click", (event) => { if (event.target === box || event.target === list) entry.focus(); });
  form.addEventListener("change", (event) => { if (!box.contains(event.target)) look(); }); // another role, other rules
  form.addEventListener("reset", () => setTimeout(() => {
    running?.abort();
    entries = [];
    render(-1);
    count.textContent = "";
    take();
  }));

  render(-1);
  take();
});
