// Copy buttons. Where the clipboard is refused (plain http, old browser) the text is selected for Ctrl+C.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-button]");
  const around = button?.closest("[data-copy]");
  if (!around) return;
  const source = around.querySelector("input, pre");
  const text = source instanceof HTMLInputElement ? source.value : source.textContent;

  let copied = false;
  try {
    await navigator.clipboard.writeText(text);
    copied = true;
  } catch {
    select(source);
  }
  report(around, button, copied ? "Copied" : "Press Ctrl+C", copied);
});

// A press into the field takes all of it.
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-copy] input")) event.target.select();
});

function select(source) {
  if (source instanceof HTMLInputElement) {
    source.focus();
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
}

function report(around, button, words, done) {
  const label = button.querySelector("[data-copy-text]");
  const status = around.querySelector("[data-copy-status]");
  if (status) status.textContent = words;
  if (label) label.textContent = words;
  button.classList.toggle("is-copied", done);
  clearTimeout(button.restore);
  button.restore = setTimeout(() => {
    if (label) label.textContent = "Copy";
    if (status) status.textContent = "";
    button.classList.remove("is-copied");
  }, 2000);
}
