// Acts in place: a sheet over the list with the form, and what came of it said below.
(() => {
  const sheet = document.getElementById("sheet");
  const body = document.getElementById("sheet-body");
  const toast = document.getElementById("toast");
  if (!sheet) return;
  let opener = null;

  const HEADERS = { "HX-Request": "true" };
  const refresh = () => {
    for (const part of document.querySelectorAll("[data-live]")) {
      part.dispatchEvent(new CustomEvent("refresh"));
    }
  };
  let fading;
  const say = (words) => {
    toast.textContent = words;
    clearTimeout(fading);
    fading = setTimeout(() => { toast.textContent = ""; }, 6000);
  };

  // While a sheet is on its way, what is typed must not be taken for commands (keys.js).
  const load = async (href) => {
    document.documentElement.dataset.opening = "1";
    try {
      return await fetch(href, { headers: HEADERS });
    } catch {
      return null;
    } finally {
      delete document.documentElement.dataset.opening;
    }
  };

  const show = async (link) => {
    const answer = await load(link.href);
    if (!answer) {
      say(sheet.dataset.failed);
      return;
    }
    // The page itself says what is wrong: signed out, not found, not allowed.
    if (!answer.ok) {
      location.assign(link.href);
      return;
    }
    if (!sheet.open) sheet.showModal();
    body.dataset.href = new URL(link.href).pathname + new URL(link.href).search;
    const html = new DOMParser().parseFromString(await answer.text(), "text/html");
    body.replaceChildren(...html.body.childNodes);
    (body.querySelector("[data-first]") ?? body.querySelector("input:not([type=hidden]), a"))?.focus();
    const thread = body.querySelector(".thread");
    if (thread) thread.scrollTop = thread.scrollHeight;
  };

  const wrong = (form, words) => {
    let line = form.querySelector("[role=alert]");
    if (!line) {
      line = document.createElement("p");
      line.className = "error";
      line.setAttribute("role", "alert");
      form.append(line);
    }
    line.textContent = words;
  };

  // After something is done for good, the next row is at hand.
  const onwards = (row) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const at = rows.findIndex((one) => row?.contains(one));
    const next = rows[at + 1] ?? rows[at - 1];
    if (next) next.focus();
    else document.getElementById("main").focus();
  };

  const send = async (form, button) => {
    const data = new FormData(form, button);
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", headers: HEADERS, body: data });
    } catch {
      wrong(form, sheet.dataset.failed);
      return;
    }
    if (answer.status === 401) {
      wrong(form, sheet.dataset.signedOut);
      return;
    }
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    const words = json ? (await answer.json()).said : sheet.dataset.failed;
    if (!answer.ok) {
      wrong(form, words);
      return;
    }
    const row = (opener ?? form).closest("li");
    if (sheet.open) {
      body.replaceChildren();
      sheet.close();
    }
    if (form.dataset.act === "next") onwards(row);
    say(words);
    refresh();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-sheet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!sheet.contains(link)) opener = link;
    show(link);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-act]") || !document.querySelector("[data-live]")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    if (!sheet.contains(form)) opener = form;
    send(form, event.submitter).finally(() => { delete form.dataset.busy; });
  });
  // Escape and the cross must not throw away what somebody wrote.
  let kept = null;
  sheet.addEventListener("close", () => {
    const field = body.querySelector("textarea");
    const act = field?.form?.getAttribute("action");
    if (field?.value) kept = { act, words: field.value };
    else if (kept?.act === act) kept = null;
  });
  new MutationObserver(() => {
    const field = body.querySelector("textarea");
    if (kept && field && !field.value && field.form?.getAttribute("action") === kept.act) {
      field.value = kept.words;
    }
  }).observe(body, { childList: true });
})();
