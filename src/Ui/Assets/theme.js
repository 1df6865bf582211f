// Light, dark or as the system says. The choice is a cookie so that the server renders the right theme at once.
import { each } from "./dom.js";

const root = document.documentElement;

function choose(theme) {
  const kept = theme === "light" || theme === "dark";
  if (kept) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", kept ? theme : "light dark");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `um-theme=${kept ? theme : ""}; Path=/; SameSite=Lax; Max-Age=${kept ? 31536000 : 0}${secure}`;
  mark();
}

function mark() {
  const now = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === now));
  }
}

each("[data-theme-switch]", (group) => {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.value);
  });
  mark();
});
