// The catalogue moves as its filters change: the page's own HTML for the changed question replaces filters and results,
// and the address follows. Without this the buttons of the forms do the same.
const form = document.querySelector("form[data-catalogue]");
const byId = (id) => document.getElementById(id);
const at = () => location.pathname + location.search;
const selector = ({ name, type, value }) => `[name="${name}"]` + (type === "checkbox" ? `[value="${CSS.escape(value)}"]` : "");
let shown = at();
let running;

function asked() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value && name !== "compare" && `${name}=${value}` !== "sort=relevance") query.append(name, value);
  }
  // Ticks stand in the address, so that they outlive paging and can be passed on.
  for (const ref of new FormData(byId("compare")).getAll("ref")) query.append("compare", ref);
  return query;
}

async function show(url, focus, push = true) {
  running?.abort();
  running = new AbortController();
  byId("results").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: running.signal, headers: { Accept: "text/html" } });
    const text = await answer.text();
    // What went wrong is said by a whole page.
    if (!answer.ok) return location.assign(url);
    if (push) history.pushState(null, "", url + (location.hash === "#filters" ? "#filters" : ""));
    shown = at();
    swap(new DOMParser().parseFromString(text, "text/html"), focus);
  } catch (error) {
    // Overtaken by the next question, or else offline: the browser says so.
    if (error.name !== "AbortError") location.assign(url);
  }
}

function swap(fresh, focus) {
  const groups = () => [...document.querySelectorAll("[data-group]")];
  const open = groups().filter((one) => one.open).map((one) => one.dataset.group);
  if (document.activeElement !== form.q) form.q.value = fresh.getElementById("q").value;
  for (const id of ["filters", "results"]) byId(id).replaceChildren(...fresh.getElementById(id).childNodes);
  for (const one of groups()) one.open = open.includes(one.dataset.group);
  byId("results").removeAttribute("aria-busy");
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("refreshed"));
}

if (form) {
  document.documentElement.classList.add("catalogue-live");
  const address = (query) => `${form.action}?${query}`;
  document.addEventListener("change", ({ target }) => {
    const query = asked();
    const cursor = new URLSearchParams(location.search).get("cursor");
    if (target.form?.id === "compare" && cursor) query.set("cursor", cursor);
    if (target.form?.id === "compare" || (target.form === form && target !== form.q)) show(address(query), selector(target));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (location.hash) location.hash = "results";
    show(address(asked()));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const { move } = link.dataset;
    show(new URL(link.getAttribute("href"), location).href, move ? `[data-move="${move}"]` : "#results");
  });
  addEventListener("popstate", () => at() === shown || show(location.href, null, false));
}
