// Dialogs. `data-dialog-open` names one that waits on the page; `data-dialog-fetch` takes the link's page and shows its
// `data-dialog-body`. Whenever that fails the link simply leads to the page.
import { added, each, fetchPage } from "./dom.js";

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;

  const closer = event.target.closest("[data-dialog-close]");
  const around = closer?.closest("dialog");
  if (around) {
    event.preventDefault();
    around.close();
    return;
  }

  const opener = event.target.closest("[data-dialog-open], [data-dialog-fetch]");
  if (!opener) return;
  const waiting = opener.dataset.dialogOpen && document.getElementById(opener.dataset.dialogOpen);
  if (waiting instanceof HTMLDialogElement) {
    event.preventDefault();
    waiting.showModal();
  } else if (opener.dataset.dialogFetch !== undefined && opener.href) {
    event.preventDefault();
    fetchInto(opener);
  }
});

// A press on the backdrop closes; one that began inside (selecting text) does not.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && pressed === event.target) event.target.close();
});

each("dialog[data-dialog-show]", (dialog) => dialog.showModal());

async function fetchInto(opener) {
  opener.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(opener.href, "dialog");
    const body = page?.querySelector("[data-dialog-body]");
    if (!body) {
      location.assign(opener.href);
      return;
    }
    show(document.importNode(body, true), opener);
  } catch {
    location.assign(opener.href);
  } finally {
    opener.removeAttribute("aria-busy");
  }
}

// The same cross as in Dialog.razor.
function closeButton() {
  const form = document.createElement("form");
  form.method = "dialog";
  const button = document.createElement("button");
  button.className = "button button-ghost button-small button-icon";
  button.setAttribute("aria-label", "Close");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { class: "icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", "m4 4 8 8M12 4l-8 8");
  svg.append(path);
  button.append(svg);
  form.append(button);
  return form;
}

function show(body, opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "fetched-dialog-title");

  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.id = "fetched-dialog-title";
  title.textContent = body.dataset.dialogTitle || opener.textContent.trim();
  head.append(title, closeButton());

  const inside = document.createElement("div");
  inside.className = "dialog-body";
  inside.append(body);

  dialog.append(head, inside);
  dialog.addEventListener("close", () => {
    dialog.remove();
    const menu = opener.closest("[data-menu]");
    (menu ? document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`) : opener)?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  // The first field or button of the question, not the cross, has the focus.
  inside.querySelector("[autofocus], input:not([type=hidden]), select, textarea, .form-actions a, .form-actions button")?.focus();
  added(dialog);
}
