// Parts of a page that stay up to date, and never change under somebody's hands.
(() => {
  // An element that a swap has removed hands its events to the document.
  const about = (event, selector) =>
    event.target instanceof Element && event.target.matches(selector);

  const banner = () => document.getElementById("not-live");

  // What is being written in or is unfolded keeps its inside as it is.
  const inHand = (part) =>
    part.querySelector("details[open]") !== null ||
    [...part.querySelectorAll("textarea")].some((field) => field.value !== "") ||
    (part.contains(document.activeElement) &&
      document.activeElement.matches("input, select, textarea"));

  const mark = (region) => {
    for (const part of region.querySelectorAll("[data-keep]")) {
      part.toggleAttribute("data-held", inHand(part));
    }
  };

  // The server is told what is being read, so that it leaves those rows in the list.
  document.addEventListener("htmx:config:request", (event) => {
    if (!about(event, "[data-live]")) return;
    const region = event.target;
    // Nobody need be there for it: it does not keep a session open.
    event.detail.ctx.request.headers["X-Poll"] = "1";
    for (const part of region.querySelectorAll("[data-keep]")) {
      const read = part.matches(":hover") || part.contains(document.activeElement);
      if (part.hasAttribute("data-held") || inHand(part) || read) {
        event.detail.ctx.request.body.append("hold", part.id);
      }
    }
  });

  document.addEventListener("htmx:before:swap", (event) => {
    if (about(event, "[data-live]")) mark(event.target);
  });

  // A tab that slept, or polls that stopped without an error, are not live either.
  const STALE_MS = 45_000;
  let signedOut = false;
  let heard = Date.now();
  const live = (isLive) => {
    if (isLive) heard = Date.now();
    // An answer that was under way before the signing out does not take the words back.
    if (banner() && !signedOut) banner().hidden = isLive;
  };
  // Who is signed out is asked for by nothing any more: a page left open would ask for ever.
  const POLLS = "[hx-trigger^=every]";
  const stop = () => {
    signedOut = true;
    if (!banner()) return;
    const again = Object.assign(document.createElement("a"), { href: location.href });
    again.textContent = document.body.dataset.signIn;
    banner().replaceChildren(`${document.body.dataset.signedOut} `, again);
    banner().hidden = false;
  };
  document.addEventListener("htmx:config:request", (event) => {
    if (signedOut && about(event, POLLS)) event.preventDefault();
  });
  document.addEventListener("htmx:response:error", (event) => {
    if (about(event, "[data-live]")) live(false);
    if (about(event, POLLS) && event.detail.ctx.response.status === 401) stop();
  });
  document.addEventListener("htmx:error", (event) => {
    if (about(event, "[data-live]")) live(false);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (about(event, "[data-live]") && event.detail.ctx.response.status < 400) live(true);
  });

  // The tab's title counts the pages that nobody has, for whoever looks at another one.
  const titled = document.title.replace(/^\(\d+\) /, "");
  const title = () => {
    const open = Number(document.querySelector("[data-open-pages]")?.dataset.openPages ?? 0);
    document.title = open ? `(${open}) ${titled}` : titled;
  };
  document.addEventListener("htmx:after:swap", title);

  // Running clocks, in the words that the server puts beside each: see wording.py.
  const filled = (form, values) =>
    form.replace(/%\((\w+)\)(02)?[ds]/g, (_, name, wide) =>
      String(values[name]).padStart(wide ? 2 : 0, "0"),
    );
  const length = (units, seconds) => {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (minutes < 1) return filled(units[0], { seconds });
    if (hours < 1) return filled(units[1], { minutes });
    if (hours < 24) return filled(units[2], { hours, minutes: minutes % 60 });
    return filled(units[3], { days: Math.floor(hours / 24), hours: hours % 24 });
  };
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-until]")) {
      const words = JSON.parse(clock.dataset.words);
      const left = (new Date(clock.dataset.until) - Date.now()) / 1000;
      const form = left < 0 ? words.late : words.ahead;
      clock.textContent = filled(form, {
        length: length(words.units, Math.floor(Math.abs(left))),
      });
      clock.classList.toggle("late", left < 0);
    }
    if (Date.now() - heard > STALE_MS) live(false);
  };
  document.addEventListener("htmx:after:settle", tick);
  setInterval(tick, 1000);
  tick();

  // Where not the document scrolls but all above what is at hand, the keys must find it.
  if (document.querySelector("body > .at-hand") && document.activeElement === document.body) {
    document.getElementById("main").focus({ preventScroll: true });
  }

  // A log starts at its end and follows it.
  const toBottom = (log) => {
    // A call grows in place, by what is said on it.
    const end = log.lastElementChild?.id + log.childElementCount + "/" + log.scrollHeight;
    if (log.dataset.end !== end) {
      log.dataset.end = end;
      log.scrollTop = log.scrollHeight;
    }
  };
  const logs = () => document.querySelectorAll("[data-bottom]").forEach(toBottom);
  document.addEventListener("htmx:after:swap", (event) => {
    logs();
    if (about(event, "[data-typing]")) event.target.querySelector("[name=body]").value = "";
  });
  logs();

  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.querySelector("button").hidden = true;
  }
})();
