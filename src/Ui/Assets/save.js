// Keeping text that is shown once: a button that saves it as a file, and one that prints the page.
for (const around of document.querySelectorAll("[data-save]")) around.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save-file], [data-save-print]");
  if (!button) return;
  if (button.dataset.saveFile === undefined) {
    print();
    return;
  }
  const source = document.getElementById(button.dataset.saveFrom);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([source.textContent.trim() + "\n"], { type: "text/plain" }));
  link.download = button.dataset.saveFile;
  link.click();
  URL.revokeObjectURL(link.href);
});
