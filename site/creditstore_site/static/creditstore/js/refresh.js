// Keeps a region up to date: <div id="status" data-refresh-url="…" data-refresh-seconds="4" aria-live="polite">.
// The URL answers HTML (a fragment or a whole page) that holds an element with the same id; its content, and its
// data-* attributes, replace what is shown. data-refresh-final on the answer ends the polling: the state is final.
// Paused while the page is hidden; slows down to once a minute; without JavaScript a link reloads the page.
const LONGEST = 60;

function watch(region) {
  let seconds = Number(region.dataset.refreshSeconds || 4);
  let timer = 0;
  let busy = false;

  const plan = () => {
    clearTimeout(timer);
    if (document.hidden || "refreshFinal" in region.dataset) return;
    timer = setTimeout(look, seconds * 1000);
  };

  async function look() {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(region.dataset.refreshUrl, {
        headers: { Accept: "text/html", "X-Requested-With": "fetch" },
        credentials: "same-origin",
      });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        swap(page.getElementById(region.id));
      }
    } catch {
      // No network for a moment: the next round tries again.
    }
    busy = false;
    seconds = Math.min(LONGEST, seconds * 1.15);
    plan();
  }

  function swap(fresh) {
    if (!fresh || fresh.innerHTML.trim() === region.innerHTML.trim()) return;
    // Never under somebody's hands: a form in use is left until they are done.
    if (region.querySelector("form")?.contains(document.activeElement)) return;
    region.replaceChildren(...fresh.childNodes);
    for (const name of Object.keys(fresh.dataset)) region.dataset[name] = fresh.dataset[name];
    if (fresh.dataset.refreshTitle) document.title = fresh.dataset.refreshTitle;
    seconds = Number(region.dataset.refreshSeconds || 4);
    region.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  plan();
}

for (const region of document.querySelectorAll("[data-refresh-url]")) {
  if (!("refreshFinal" in region.dataset)) watch(region);
}
