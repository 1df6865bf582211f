// The show button of password fields. The field is hidden again before the form leaves, so browsers do not keep the text.
import { each } from "./dom.js";

each("[data-password]", (group) => {
  const input = group.querySelector("input");
  const button = group.querySelector("button");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    input.focus();
  });
  input.form?.addEventListener("submit", () => show(false));
});
