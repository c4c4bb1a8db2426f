// Folds that lie over the page open without this; here they shut once they are left.
(() => {
  const open = () => [...document.querySelectorAll("details.drop[open]")];
  const summary = (drop) => drop.querySelector("summary");
  // On a phone the search stands outside of the menu, and is there while it is open.
  const within = (drop, one) =>
    drop.contains(one) || one.closest?.("[data-drop]")?.dataset.drop === drop.id;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    for (const drop of open()) {
      const inside = within(drop, event.target);
      drop.open = false;
      if (inside) summary(drop).focus();
    }
  });
  // What lies over the page must not hide what has the focus there.
  document.addEventListener("focusin", (event) => {
    for (const drop of open()) if (!within(drop, event.target)) drop.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    for (const drop of open()) if (!within(drop, event.target)) drop.open = false;
  });
  // A dialog gives the focus back to where it was: not to a button that is folded away.
  document.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-open]")?.closest("details.drop");
    if (!drop) return;
    drop.open = false;
    summary(drop).focus();
  }, { capture: true });
})();
