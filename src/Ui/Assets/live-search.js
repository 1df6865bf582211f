// Search as you type: fetches the form's own page for the new words and puts its results in place. Stale answers are
// dropped, the address follows, and the count is announced. Any failure falls back to sending the form.
import { added, each, fetchPage } from "./dom.js";

const pause = 150;

each("form[data-live-search]", (form) => {
  const id = form.dataset.liveSearch;
  const status = form.querySelector("[data-live-status]");
  let timer = 0;
  let running = null;
  let last = query(form);

  const start = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(search, delay);
  };

  async function search() {
    const url = query(form);
    if (url === last) return;
    running?.abort();
    const mine = running = new AbortController();
    busy(true);
    try {
      const page = await fetchPage(url, id, mine.signal);
      const fresh = page?.getElementById(id);
      const old = document.getElementById(id);
      if (!fresh || !old) {
        location.assign(url);
        return;
      }
      const node = document.importNode(fresh, true);
      old.replaceWith(node);
      last = url;
      if (form.dataset.liveStays === undefined) history.replaceState(history.state, "", url);
      // A link that leads on from this list knows what it shows now.
      for (const link of form.querySelectorAll("a[data-live-state]")) {
        const to = new URL(link.href);
        to.searchParams.set("state", new URL(url).search);
        link.href = to.href;
      }
      status.textContent = node.dataset.announce ?? "";
      added(node);
    } catch (fault) {
      if (fault.name !== "AbortError") location.assign(url);
    } finally {
      if (running === mine) busy(false);
    }
  }

  function busy(on) {
    for (const element of [form, document.getElementById(id)]) {
      if (on) element?.setAttribute("aria-busy", "true");
      else element?.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", (event) => { if (event.target.matches("input")) start(pause); });
  form.addEventListener("change", (event) => { if (event.target.matches("select")) start(0); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // a button that takes the same words elsewhere
    event.preventDefault();
    start(0);
  });
});

// The form's address with empty values left out, so that links stay short.
function query(form) {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form)) if (value !== "") url.searchParams.append(name, value);
  return url.href;
}
