// Plus and minus beside a number field. The field alone is enough: the buttons are hidden until this runs.
function limits(input) {
  const min = Number(input.min || 1);
  return { min, max: input.max === "" ? Number.MAX_SAFE_INTEGER : Number(input.max) };
}

function refresh(stepper) {
  const input = stepper.querySelector("input");
  const { min, max } = limits(input);
  const value = Number(input.value);
  for (const button of stepper.querySelectorAll("button[data-step]")) {
    const next = value + Number(button.dataset.step);
    button.disabled = next < min || next > max;
  }
}

for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("button[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const { min, max } = limits(input);
      const now = Number.parseInt(input.value, 10) || 0;
      input.value = String(Math.min(max, Math.max(min, now + Number(button.dataset.step))));
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  input.addEventListener("input", () => refresh(stepper));
  refresh(stepper);
}
