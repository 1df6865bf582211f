// Small things that several modules need.

// Runs `start` for every matching element now, and again for parts of the page that are replaced later.
export function each(selector, start) {
  const run = (root) => root.querySelectorAll(selector).forEach(start);
  run(document);
  document.addEventListener("ui:added", (event) => run(event.target));
}

// Tells the modules that `element` is new on the page.
export function added(element) {
  element.dispatchEvent(new CustomEvent("ui:added", { bubbles: true }));
}

// Fetches a page of this site and returns its document, or null when the answer is no page to show in place
// (another site, a redirect to sign-in, no HTML).
export async function fetchPage(url, fragment, signal) {
  const answer = await fetch(url, {
    headers: { Accept: "text/html; fragment, text/html;q=0.9", "X-Fragment": fragment },
    credentials: "same-origin",
    signal,
  });
  const isHtml = (answer.headers.get("content-type") ?? "").startsWith("text/html");
  if (!answer.ok || !isHtml) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
