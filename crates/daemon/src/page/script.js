// Live updates, keys, and the reader's own zone. The pages work without it.
"use strict";
(() => {
  const $ = (selector, of = document) => of.querySelector(selector);
  const inField = (element) =>
    element && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName));

  // The reader's own zone: only the browser knows it.
  const mine = $("[data-zone-mine]");
  if (mine) {
    try {
      mine.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
      mine.hidden = !mine.value;
    } catch {
      mine.hidden = true;
    }
  }

  // Live: the page is asked for again when something has changed, and put in place where nobody is
  // working in it; else a link offers it.
  const live = $(".live[data-live]");
  if (live && window.EventSource) {
    const EVERY = 10000;
    let known = null;
    let changed = false;
    let last = Date.now();
    const key = (state) => `${state.analysed} ${state.alerts} ${state.open}`;
    const say = (text) => {
      if (live.textContent !== text) live.textContent = text;
    };
    const offer = () => {
      if ($("a", live)) return;
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = live.dataset.changed;
      live.replaceChildren(link);
    };
    const renew = async () => {
      const main = $("main");
      const busy = main.contains(document.activeElement) && document.activeElement !== main;
      if (document.hidden) return;
      if (busy || main.matches(":hover")) {
        offer();
        return;
      }
      last = Date.now();
      try {
        const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!reply.ok) {
          say(live.dataset.lost);
          return;
        }
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const fresh = $("main", page);
        if (!fresh) return;
        const status = $(".live[data-live]", fresh);
        if (status) status.replaceWith(live);
        main.replaceChildren(...fresh.childNodes);
        changed = false;
        say(live.dataset.live);
      } catch {
        say(live.dataset.lost);
      }
    };
    const events = new EventSource("/api/v1/stream");
    events.addEventListener("state", (event) => {
      if (!changed) say(live.dataset.live);
      const now = key(JSON.parse(event.data));
      if (known !== null && now !== known) changed = true;
      known = now;
    });
    events.addEventListener("error", () => say(live.dataset.lost));
    setInterval(() => {
      if (changed && Date.now() - last >= EVERY) renew();
    }, 1000);
  }

  // Keys: outside of fields only, and not where they were switched off.
  if (document.documentElement.dataset.keys === "off") return;
  const rows = () =>
    [...document.querySelectorAll("main tbody th a, main ol.items h3 a, main section.alert h2 a")].filter(
      (link) => link.offsetParent !== null,
    );
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const go = (path) => {
    location.href = path;
  };
  const to = (id) => {
    const place = document.getElementById(id);
    if (!place) return;
    const field = place.closest("section")?.querySelector("input:not([type=hidden]), select, textarea");
    place.scrollIntoView();
    (field || place).focus();
  };
  const PLACES = { n: "/", s: "/search", b: "/alerts", o: "/sources", e: "/elections", r: "/narratives", c: "/cases" };
  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    const { key } = event;
    if (isGoing) {
      isGoing = false;
      if (PLACES[key]) {
        event.preventDefault();
        go(PLACES[key]);
      }
      return;
    }
    const keys = {
      "/": () => ($("#q") || $("header input[name=q]"))?.focus(),
      j: () => step(1),
      k: () => step(-1),
      a: () => to("acknowledge"),
      s: () => to("silence"),
      c: () => to("case"),
      g: () => {
        isGoing = true;
      },
      "[": () => $("a[rel=prev]")?.click(),
      "]": () => $("a[rel=next]")?.click(),
      t: () => {
        const table = $("main details");
        if (table) table.open = !table.open;
      },
      "?": () => go("/keys"),
    };
    if (keys[key]) {
      event.preventDefault();
      keys[key]();
    }
  });
})();
