// Nobody is there: warn, keep what was written on the server, and end the session.
(() => {
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const ACTIVE = "spinewatch-active";
  const limit = Number(dialog.dataset.limit) * 1000;
  const warning = Number(dialog.dataset.warning) * 1000;
  // The server hears of typing at most so often; less than the warning, so that it ends later.
  const TELL_MS = Math.min(60_000, limit / 5);
  const left = document.getElementById("idle-left");
  const failed = document.getElementById("idle-failed");
  const restored = document.getElementById("restored");
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

  const send = async (url, values) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    try {
      return await fetch(url, { method: "POST", headers: { "HX-Request": "true" }, body });
    } catch {
      return null;
    }
  };

  // What is in a field and was not when the page came.
  const written = (field) => {
    if (!field.name || field.disabled || field.readOnly || field.type === "hidden") return false;
    if (["password", "submit", "button", "file"].includes(field.type)) return false;
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.matches("select")) {
      return [...field.options].some((one) => one.selected !== one.defaultSelected)
        && field.value !== "";
    }
    return field.value !== field.defaultValue;
  };
  const kept = (form) =>
    form.getAttribute("action") !== null || form.method === "post"
      ? !form.closest("#help, #palette, #idle") && !form.matches(".search, .account-form")
      : false;
  const here = location.pathname + location.search;
  const address = (form) => form.getAttribute("action") || location.pathname;
  const pages = () => {
    const found = { [here]: {} };
    for (const form of document.querySelectorAll("form[method=post]")) {
      if (!kept(form)) continue;
      const sheet = form.closest("#sheet-body");
      const path = sheet?.dataset.href ?? here;
      for (const field of form.elements) {
        if (!written(field)) continue;
        const tick = field.type === "checkbox" || field.type === "radio";
        const name = tick ? `${field.name}=${field.value}` : field.name;
        ((found[path] ??= {})[address(form)] ??= {})[name] = tick
          ? String(field.checked) : field.value;
      }
    }
    return found;
  };
  const keep = (end) =>
    send(dialog.dataset.keep, { pages: JSON.stringify(pages()), ...(end ? { end: "1" } : {}) });

  const put = (form, name, value) => {
    const [plain, choice] = name.includes("=") ? name.split(/=(.*)/s) : [name, null];
    for (const field of form.elements) {
      if (field.name !== plain) continue;
      if (choice !== null && field.value !== choice) continue;
      if (choice !== null) field.checked = value === "true";
      else field.value = value;
      for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) {
        fold.open = true;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const giveBack = async () => {
    const answer = await send(dialog.dataset.take, { path: here });
    if (!answer?.ok) return;
    const { fields, elsewhere } = await answer.json();
    let some = false;
    for (const form of document.querySelectorAll("form[method=post]")) {
      if (!kept(form)) continue;
      for (const [name, value] of Object.entries(fields[address(form)] ?? {})) {
        put(form, name, value);
        some = true;
      }
    }
    restored.querySelector("[data-here]").hidden = !some;
    const list = restored.querySelector("ul");
    list.replaceChildren(...elsewhere.filter((path) => path !== here).map((path) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = path;
      link.textContent = restored.dataset.go;
      item.append(link);
      return item;
    }));
    restored.hidden = !some && !list.childElementCount;
  };

  const loaded = Date.now();
  let told = loaded;
  const last = () => Math.max(loaded, Number(localStorage.getItem(ACTIVE)) || 0);
  const active = () => localStorage.setItem(ACTIVE, String(Date.now()));
  const tell = async () => {
    told = Date.now();
    const answer = await send(dialog.dataset.stay, {});
    if (answer?.status === 401) end();
    return answer?.ok ?? false;
  };

  let noted = 0;
  const note = () => {
    if (dialog.open || Date.now() - noted < 1000) return;
    noted = Date.now();
    active();
    if (noted - told > TELL_MS) tell();
  };
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart", "input"]) {
    document.addEventListener(kind, note, { passive: true, capture: true });
  }

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    if (!dialog.open) dialog.showModal();
    dialog.classList.add("over");
    const answer = await keep(true);
    if (!answer) {
      // Nothing is thrown away while the server cannot take it.
      failed.hidden = false;
      setTimeout(() => { ending = false; end(); }, 10_000);
      return;
    }
    location.assign(`${dialog.dataset.signIn}?next=${encodeURIComponent(here)}`);
  };

  const stay = async () => {
    if (ending) return;
    if (await tell()) {
      active();
      failed.hidden = true;
      dialog.close();
    } else {
      failed.hidden = false;
    }
  };
  document.getElementById("idle-stay").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });

  const tick = () => {
    if (ending) return;
    const remains = last() + limit - Date.now();
    if (remains <= 0) {
      end();
    } else if (remains <= warning) {
      const seconds = Math.ceil(remains / 1000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (!dialog.open) {
        keep(false);
        dialog.showModal();
      }
    } else if (dialog.open) {
      dialog.close();
    }
  };
  active();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  if (document.body.dataset.drafts) giveBack();
})();
