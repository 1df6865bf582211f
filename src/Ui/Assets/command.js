// The command key: pages from the page's own navigation, people from the server as one types. Arrows choose, Enter goes there.
import { each } from "./dom.js";

const pause = 120;

each("dialog[data-command]", (dialog) => {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  let pages = [];
  let chosen = 0;
  let running = null;
  let timer = 0;

  document.querySelectorAll("[data-command-open]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", open);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });

  function open() {
    pages = [".nav-item", ".topbar [data-menu] a[href]"].flatMap((which) => [...document.querySelectorAll(which)]).map((link) => ({
      name: (link.querySelector(".nav-label") ?? link).textContent.trim(),
      detail: "",
      href: link.getAttribute("href"),
    })).filter((page, at, all) => page.name && all.findIndex((other) => other.href === page.href) === at);
    input.value = "";
    dialog.showModal();
    input.focus();
    show([]);
  }

  const found = () => pages.filter((page) => page.name.toLowerCase().includes(input.value.trim().toLowerCase()));

  function show(people) {
    const all = [...found(), ...people].slice(0, 12);
    list.replaceChildren(...all.map((entry, at) => {
      const item = document.createElement("li");
      item.id = `command-${at}`;
      item.role = "option";
      item.dataset.href = entry.href;
      const name = document.createElement("bdi");
      name.textContent = entry.name;
      item.append(name);
      if (entry.detail && entry.detail !== entry.name) {
        const detail = document.createElement("span");
        detail.className = "muted";
        detail.textContent = entry.detail;
        item.append(" ", detail);
      }
      item.addEventListener("click", () => location.assign(entry.href));
      return item;
    }));
    list.hidden = all.length === 0;
    status.textContent = all.length === 0 ? "Nothing found" : `${all.length} found`;
    choose(0);
  }

  function choose(at) {
    const items = [...list.children];
    chosen = items.length === 0 ? 0 : (at + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    items[chosen]?.scrollIntoView({ block: "nearest" });
    if (items.length > 0) input.setAttribute("aria-activedescendant", items[chosen].id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function search() {
    running?.abort();
    const words = input.value.trim();
    if (!dialog.dataset.command || words.length === 0) return;
    const mine = running = new AbortController();
    try {
      const answer = await fetch(`${dialog.dataset.command}?q=${encodeURIComponent(words)}`, { credentials: "same-origin", signal: mine.signal });
      if (answer.ok && !answer.redirected) show(await answer.json());
    } catch {
      // a newer word, or no server: the pages are there
    }
  }

  input.addEventListener("input", () => {
    show([]);
    clearTimeout(timer);
    timer = setTimeout(search, pause);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      choose(chosen + by);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const href = list.children[chosen]?.dataset.href;
      if (href) location.assign(href);
    }
  });
});
