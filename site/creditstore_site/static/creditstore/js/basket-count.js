// Shows how many lines the basket holds. The page itself stays the same for everybody and can be cached;
// only this small request is personal. Without it the link still leads to the basket.
const link = document.querySelector("[data-basket-count-url]");

async function show() {
  try {
    const answer = await fetch(link.dataset.basketCountUrl, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (!answer.ok) return;
    const { count } = await answer.json();
    const badge = link.querySelector("[data-basket-count]");
    badge.textContent = String(count);
    badge.hidden = !(count > 0);
  } catch {
    // Offline: the link keeps working as it is.
  }
}

if (link) {
  show();
  // A page restored by the Back button shows the basket as it is now.
  window.addEventListener("pageshow", (event) => event.persisted && show());
}
