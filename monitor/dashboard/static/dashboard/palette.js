// The palette of commands: pages, what can be done with the row, saved views, patients.
(() => {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const input = document.getElementById("palette-input");
  const list = document.getElementById("palette-list");
  const count = document.getElementById("palette-count");
  const fixed = [...list.children];
  let own = [];
  let found = [];
  let active = 0;

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const option = (id, label, act) => {
    const item = document.createElement("li");
    item.id = id;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = label;
    item.act = act;
    return item;
  };

  const shown = () => [...list.children].filter((item) => !item.hidden);
  const choose = (to) => {
    const all = shown();
    active = Math.min(Math.max(to, 0), Math.max(all.length - 1, 0));
    all.forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
    input.setAttribute("aria-activedescendant", all[active]?.id ?? "");
    all[active]?.scrollIntoView({ block: "nearest" });
    count.textContent = String(all.length);
  };
  const draw = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const fits = (item) => words.every((word) => plain(item.textContent).includes(word));
    for (const item of [...own, ...fixed]) item.hidden = !fits(item);
    list.replaceChildren(...own, ...found, ...fixed);
    choose(0);
  };

  // What can be done with the row that has the focus, or on this page.
  const commands = (row) => {
    const about = row?.querySelector("[data-row]")?.textContent.trim();
    const keyed = [...(row ?? document).querySelectorAll("[data-key], [data-command]")];
    const views = row ? [...document.querySelectorAll("[data-command]")] : [];
    return [...keyed, ...views].filter((one) => one.offsetParent !== null || one.dataset.command)
      .filter((one) => row || !one.closest("li.row-card"))
      .map((one, place) => {
        const label =
          one.dataset.command ?? one.getAttribute("aria-label") ??
          (one.labels?.[0]?.textContent || one.textContent).trim();
        return option(`act-${place}`, about && one.dataset.key ? `${label}: ${about}` : label, () => {
          if (one.matches("input, textarea, select")) one.focus();
          else one.click();
        });
      });
  };

  let opened = null;
  const open = () => {
    if (palette.open) return;
    opened = document.activeElement;
    own = commands(opened?.closest("li.row-card"));
    found = [];
    input.value = "";
    draw();
    palette.showModal();
    input.focus();
  };

  const run = (item) => {
    if (!item) return;
    palette.close();
    if (item.act) {
      item.act();
      return;
    }
    const target = item.dataset.href;
    if (target === "#help") document.getElementById("help").showModal();
    else if (target === "#print") window.print();
    else if (target === "#theme") document.dispatchEvent(new CustomEvent("theme:next"));
    else location.assign(target);
  };

  let turn = 0;
  let waiting;
  const search = async () => {
    const mine = ++turn;
    const words = input.value.trim();
    if (words.length < 2) {
      found = [];
      draw();
      return;
    }
    const data = new FormData(input.form);
    data.set("q", words);
    let html = "";
    try {
      const answer = await fetch(palette.dataset.url, {
        method: "POST",
        headers: { "HX-Request": "true" },
        body: data,
      });
      if (answer.ok) html = await answer.text();
    } catch {
      return;
    }
    if (mine !== turn) return;
    found = [...new DOMParser().parseFromString(html, "text/html").body.querySelectorAll("li")];
    draw();
  };

  input.addEventListener("input", () => {
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(active + 1);
    else if (event.key === "ArrowUp") choose(active - 1);
    else if (event.key === "Enter") run(shown()[active]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    if (item.dataset.href?.startsWith("/") && (event.ctrlKey || event.metaKey)) {
      window.open(item.dataset.href, "_blank", "noopener");
      return;
    }
    run(item);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  for (const button of document.querySelectorAll("[data-open=palette]")) {
    button.addEventListener("click", open);
  }
})();
