// Filters outside a live search send their form as soon as they change.
document.addEventListener("change", (event) => {
  const form = event.target.matches?.("[data-auto-submit]") ? event.target.form : null;
  if (form && form.dataset.liveSearch === undefined) form.requestSubmit();
});
