// Popover menus: arrow keys, and a place beside the button where the browser cannot anchor by itself. A menu with
// `data-menu-more` holds a link alone: the `data-menu-body` of its page takes its place, fetched when somebody is about to open it.
import { fetchPage } from "./dom.js";

const anchors = CSS.supports("position-area", "block-end");

const buttonOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
const itemsOf = (menu) => [...menu.querySelectorAll("a[href], button:not([disabled])")].filter((item) => item.offsetParent !== null);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches("[data-menu]")) return;
  const open = event.newState === "open";
  buttonOf(menu)?.setAttribute("aria-expanded", String(open));
  if (open && menu.dataset.menuMore !== undefined) fill(menu);
  if (open && !anchors) place(menu, buttonOf(menu));
}, true);

document.addEventListener("pointerdown", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  const menu = opener && document.getElementById(opener.getAttribute("popovertarget"));
  if (menu?.dataset.menuMore !== undefined) fill(menu);
});

// Whatever fails, the menu holds what it held: the way to the page on which all acts stand.
async function fill(menu) {
  const { href } = menu.querySelector("a");
  delete menu.dataset.menuMore;
  try {
    const body = (await fetchPage(href, "acts"))?.querySelector("[data-menu-body]");
    if (!body) throw new Error(href);
    const at = itemsOf(menu).indexOf(document.activeElement);
    menu.replaceChildren(...document.importNode(body, true).childNodes);
    if (menu.matches(":popover-open") && !anchors) place(menu, buttonOf(menu));
    if (at >= 0) itemsOf(menu)[at]?.focus();
  } catch {
    menu.dataset.menuMore = "";
  }
}

document.addEventListener("keydown", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  if (opener && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const menu = document.getElementById(opener.getAttribute("popovertarget"));
    if (!menu?.matches("[data-menu]")) return;
    event.preventDefault();
    if (!menu.matches(":popover-open")) opener.click();
    const focus = () => itemsOf(menu).at(event.key === "ArrowDown" ? 0 : -1)?.focus();
    focus();
    if (menu.dataset.menuMore !== undefined) fill(menu).then(focus);
    return;
  }

  const menu = event.target.closest?.("[data-menu]:popover-open");
  if (!menu) return;
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || items.length === 0) return;
  event.preventDefault();
  items.at(to % items.length).focus();
});

// An act that opens a dialog leaves the menu behind.
document.addEventListener("click", (event) => {
  event.target.closest?.("[data-menu] [data-dialog-open], [data-menu] [data-dialog-fetch]")?.closest("[data-menu]").hidePopover();
});

function place(menu, button) {
  if (!button) return;
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const rtl = getComputedStyle(menu).direction === "rtl";
  const left = (menu.dataset.menu === "start") !== rtl ? from.left : from.right - size.width;
  const below = from.bottom + 4;
  const top = below + size.height > innerHeight - 8 ? Math.max(8, from.top - 4 - size.height) : below;
  menu.style.left = `${Math.min(Math.max(8, left), innerWidth - size.width - 8)}px`;
  menu.style.top = `${top}px`;
}
