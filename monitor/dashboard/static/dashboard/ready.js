// A ready text goes into the box of its form: never sent by itself, never over somebody's words.
(() => {
  const words = (form) => form.querySelector("select").selectedOptions[0]?.dataset.words ?? "";
  // What is in the box is nobody's own as long as it is empty, or a ready text as it was put in.
  const untouched = (form, box) =>
    box.value.trim() === "" ||
    [...form.querySelectorAll("option")].some((one) => one.dataset.words === box.value);

  const tell = (form, sentence) => { form.querySelector("[data-told]").textContent = sentence; };
  const ask = (form, wanted) => {
    form.querySelector("[data-ask]").hidden = !wanted;
    tell(form, wanted ? form.dataset.own : "");
  };

  const put = (form, box, text) => {
    // The question stays: it can still go in place of what is there.
    if (text.length > box.maxLength) {
      tell(form, form.dataset.long);
      return;
    }
    ask(form, false);
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    tell(form, form.dataset.said);
  };
  const chosen = (form) => {
    const box = document.getElementById(form.dataset.ready);
    const text = words(form);
    ask(form, false);
    if (!text || box.value === text) return;
    if (untouched(form, box)) put(form, box, text);
    else ask(form, true);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-ready]");
    if (form) chosen(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-ready]")) return;
    event.preventDefault();
    chosen(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-how]");
    const form = button?.closest("form[data-ready]");
    if (!form) return;
    const box = document.getElementById(form.dataset.ready);
    const own = button.dataset.how === "after" ? `${box.value.trimEnd()} ` : "";
    put(form, box, own + words(form));
    box.focus();
  });
})();
