// Copy buttons: <button hidden data-copy="text" data-copied="Copied">. Shown only where the clipboard can be written.
if (navigator.clipboard) {
  const status = document.createElement("p");
  status.className = "sr-only";
  status.setAttribute("role", "status");
  document.body.append(status);

  const show = () => {
    for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  };
  show();
  // Parts that refresh.js replaced bring their own buttons.
  document.addEventListener("refreshed", show);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const label = button.querySelector("[data-copy-label]") ?? button;
    const before = label.dataset.before ?? label.textContent;
    label.dataset.before = before;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // Refused by the browser: the text stays on the page to be selected.
    }
    label.textContent = button.dataset.copied;
    status.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = before;
      status.textContent = "";
    }, 2000);
  });
}
