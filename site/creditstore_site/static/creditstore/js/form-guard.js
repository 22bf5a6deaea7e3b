// A second click on the same button must not send the form twice. The server is safe against it in any case
// (idempotency keys); this spares the person the doubt. data-busy-text names what is going on meanwhile.
function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // The attribute, not form.method: a field named "method" hides the property.
  if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const pressed = event.submitter;
  // Disabled only after the browser has read the pressed button's name and value.
  setTimeout(() => {
    for (const button of buttonsOf(form)) button.disabled = true;
    if (pressed?.dataset.busyText) {
      pressed.dataset.idleText = pressed.textContent;
      pressed.textContent = pressed.dataset.busyText;
    }
  });
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) {
      button.disabled = false;
      if (button.dataset.idleText) button.textContent = button.dataset.idleText;
    }
  }
});
