"use strict";
(() => {
  const PAGE = 20;
  document.documentElement.classList.add("js");
  const lists = [...document.querySelectorAll("[data-list]")].map(setUp);
  let current = lists[0];

  function setUp(section) {
    const box = section.querySelector(".items");
    const { find, rest } = JSON.parse(section.querySelector(".rest").textContent);
    const drawn = [...box.children].map((node) => ({ node, text: words(node.outerHTML) }));
    const items = [...drawn, ...rest.map((markup) => ({ markup, text: words(markup) }))];
    items.forEach((item, at) => { item.text = `${find[at]} ${item.text}`; });
    const list = { section, box, items, shown: PAGE, term: "",
      search: section.querySelector("input"), more: section.querySelector(".more") };
    list.search.addEventListener("input", () => { list.shown = PAGE; draw(list); });
    list.more.addEventListener("click", () => { list.shown += PAGE; draw(list); });
    for (const button of section.querySelectorAll("[data-term]"))
      button.addEventListener("click", () => {
        list.term = list.term === button.dataset.term ? "" : button.dataset.term;
        list.shown = PAGE;
        draw(list);
      });
    section.addEventListener("pointerdown", () => { current = list; });
    list.total = section.querySelector(".count").textContent;
    draw(list);
    return list;
  }

  /* Markup as its escaped words: what is searched for is escaped in the same way. */
  function words(markup) { return markup.replace(/<[^>]*>/g, " ").toLowerCase(); }
  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  function nodeOf(item) {
    if (!item.node) {
      const template = document.createElement("template");
      template.innerHTML = item.markup;
      item.node = template.content.firstElementChild;
    }
    return item.node;
  }

  function draw(list) {
    const asked = escaped(`${list.search.value} ${list.term}`.toLowerCase()).split(/\s+/).filter(Boolean);
    const hits = list.items.filter((item) => asked.every((word) => item.text.includes(word)));
    list.box.replaceChildren(...hits.slice(0, list.shown).map(nodeOf));
    list.more.hidden = hits.length <= list.shown;
    list.more.textContent = `Show ${Math.min(PAGE, hits.length - list.shown)} more`;
    const shown = `${Math.min(list.shown, hits.length)} of ${hits.length} shown`;
    const whole = asked.length ? `found among ${list.total}` : list.total;
    list.section.querySelector(".count").textContent = `${shown}, ${whole}`;
    for (const button of list.section.querySelectorAll("[data-term]"))
      button.setAttribute("aria-pressed", String(button.dataset.term === list.term));
  }

  function visibleList() {
    const inView = lists.find((list) => {
      const box = list.section.getBoundingClientRect();
      return box.top < innerHeight * 0.6 && box.bottom > innerHeight * 0.3;
    });
    return inView || current;
  }

  function step(list, by) {
    const at = [...list.box.children].indexOf(document.activeElement.closest(".card"));
    if (by > 0 && at === list.box.children.length - 1 && !list.more.hidden) list.more.click();
    const card = list.box.children[Math.max(0, at + by)];
    if (!card) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start", behavior: "instant" });
  }

  function seek(name) {
    const list = lists.find((one) => one.section.id === "traces");
    if (!list) return;
    current = list;
    list.search.value = `id:${name};`;
    list.term = "";
    draw(list);
    list.box.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    if (link) seek(link.dataset.seek);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !lists.length) return;
    const list = visibleList();
    if (event.key === "Escape") {
      list.search.value = list.term = "";
      draw(list);
      document.activeElement.blur();
    }
    if (event.target.matches("input")) return;
    const folds = [...list.box.querySelectorAll("details")];
    const card = document.activeElement.closest(".card");
    if (event.key === "j") step(list, 1);
    else if (event.key === "k") step(list, -1);
    else if (event.key === "o" && card) card.querySelectorAll("details").forEach((f) => { f.open = !f.open; });
    else if (event.key === "x") { const open = folds.some((f) => !f.open); folds.forEach((f) => { f.open = open; }); }
    else if (event.key === "/") { event.preventDefault(); list.search.focus(); }
  });
})();
