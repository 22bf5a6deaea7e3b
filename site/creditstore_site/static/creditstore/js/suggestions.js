// Suggestions while typing: <input data-suggest-url="…">. The address answers a list of options as HTML, each with a
// data-url to go to. Keys and roles are those of the ARIA combobox; the field itself keeps the focus all the time.
// Without this the field is an ordinary search field.
const WAIT = 150;

function combobox(input) {
  let list;
  let timer = 0;
  let running;
  const status = document.createElement("p");
  status.className = "sr-only";
  status.setAttribute("role", "status");
  input.after(status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }

  const options = () => [...(list?.children ?? [])];
  const active = () => options().find((one) => one.getAttribute("aria-selected") === "true");

  function close() {
    clearTimeout(timer);
    running?.abort();
    list?.remove();
    list = null;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    running?.abort();
    running = new AbortController();
    try {
      const url = `${input.dataset.suggestUrl}?${new URLSearchParams({ q: input.value.trim() })}`;
      const answer = await fetch(url, { signal: running.signal });
      if (!answer.ok) return close();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[role=listbox]");
      if (!fresh?.children.length || document.activeElement !== input) return close();
      list?.remove();
      list = fresh;
      input.after(list);
      input.setAttribute("aria-controls", list.id);
      input.setAttribute("aria-expanded", "true");
      input.removeAttribute("aria-activedescendant");
      status.textContent = list.dataset.status;
      // The field keeps the focus when an option is pressed.
      list.addEventListener("mousedown", (event) => event.preventDefault());
      list.addEventListener("click", ({ target }) => location.assign(target.closest("[role=option]").dataset.url));
    } catch {
      // Overtaken by the next letter, or no network: the field works without.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < 2) return close();
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
  input.addEventListener("keydown", (event) => {
    if (!list) return;
    const all = [null, ...options()];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(all[(all.indexOf(active() ?? null) + step + all.length) % all.length]);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active()) location.assign(active().dataset.url);
    else return;
    event.preventDefault();
  });
}

for (const input of document.querySelectorAll("[data-suggest-url]")) combobox(input);
