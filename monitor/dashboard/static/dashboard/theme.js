// Light, dark, or as the system asks, before anything is painted.
(() => {
  const CHOICE = "spinewatch-theme";
  const CHOICES = ["auto", "light", "dark"];
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    const stored = localStorage.getItem(CHOICE);
    return CHOICES.includes(stored) ? stored : "auto";
  };
  const apply = () => {
    const theme = chosen() === "auto" ? (dark.matches ? "dark" : "light") : chosen();
    document.documentElement.dataset.bsTheme = theme;
    for (const select of document.querySelectorAll("[data-theme-choice]")) {
      select.value = chosen();
    }
  };
  const choose = (theme) => {
    localStorage.setItem(CHOICE, theme);
    apply();
  };
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-theme-choice]")) choose(event.target.value);
  });
  document.addEventListener("theme:next", () => {
    choose(CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
  });
  apply();
})();
