// Single keys for those who work here all day; they sleep while somebody types.
(() => {
  const OFF = "spinewatch-keys-off";
  const help = document.getElementById("help");
  const search = document.getElementById("search");
  const toggle = document.getElementById("keys-on");
  if (!help) return;

  toggle.checked = localStorage.getItem(OFF) === null;
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  // The bar under a thumb leads to a field further down, and into it.
  for (const link of document.querySelectorAll("[data-focus]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(link.dataset.focus)?.focus();
    });
  }
  for (const button of document.querySelectorAll("[data-open=help]")) {
    button.addEventListener("click", () => help.showModal());
  }

  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.activeElement?.closest("li");
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => current()?.contains(row));
    const next = at === -1 ? (step > 0 ? 0 : all.length - 1) : at + step;
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
  };
  // A key works on the row that has the focus, else on the page outside of all rows.
  const press = (key) => {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const row = current();
    const target =
      row?.querySelector(selector) ??
      [...document.querySelectorAll(selector)].find((one) => !one.closest("li.row-card"));
    if (!target) return false;
    const folded = target.closest("details:not([open])");
    if (folded) folded.open = true;
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    return true;
  };

  const go = {
    w: "/", m: "/?who=mine", t: "/today", p: "/patients", r: "/register", o: "/rota", f: "/figures",
  };
  const actions = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => {
      if (!search.checkVisibility()) document.getElementById("menu").open = true;
      search.focus();
    },
    "?": () => help.showModal(),
  };

  const typing = (element) =>
    element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox])");

  let waiting = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) {
      const home = event.target.closest("li")?.querySelector("[data-row], summary");
      if (home) home.focus();
      else event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]") || !toggle.checked) return;
    if (document.documentElement.dataset.opening) return;
    if (waiting) {
      waiting = false;
      if (event.key in go) {
        event.preventDefault();
        location.assign(go[event.key]);
      }
      return;
    }
    if (event.key === "g") {
      waiting = true;
      setTimeout(() => { waiting = false; }, 1500);
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    } else if (event.key.length === 1 && press(event.key)) {
      event.preventDefault();
    }
  });
})();
