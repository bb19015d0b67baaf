"use strict";
(() => {
  const ANY = "\u2217", KEPT = 12, AHEAD = 500;
  document.documentElement.classList.add("js");
  const lists = new Map();
  let current;

  async function unfold(script) {
    const text = atob(script.textContent);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  /* Markup as its escaped words: what is searched for is escaped in the same way. */
  function words(markup) {
    return markup.replace(/<\/?mark>/g, "").replace(/<[^>]*>/g, " ").toLowerCase();
  }
  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;").replace(/'/g, "&#x27;");
  }
  function parsed(markup) {
    const template = document.createElement("template");
    template.innerHTML = markup;
    return template.content;
  }

  class List {
    constructor(section, columns) {
      this.section = section;
      this.columns = columns;
      this.size = columns.keys.length;
      this.box = section.querySelector(".items");
      this.search = section.querySelector("input");
      this.choices = [...section.querySelectorAll("[data-facet]")];
      this.label = section.querySelector(".count");
      this.total = this.label.textContent;
      this.scripts = [...section.querySelectorAll(".chunk")];
      this.step = columns.chunk;
      this.chunks = new Map();
      this.drawn = new Map();
      this.extra = new Map();
      this.hits = [];
      this.at = -1;
      this.turn = 0;
      this.sizes = new ResizeObserver((found) => this.measure(found));
      this.build();
    }

    build() {
      this.tall = document.createElement("div");
      this.tall.className = "tall";
      this.kind = (this.box.firstElementChild || this.box).className;
      this.box.replaceChildren(this.tall);
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "list");
      this.box.addEventListener("scroll", () => this.draw(), { passive: true });
      new ResizeObserver(() => this.draw()).observe(this.box);
      this.section.addEventListener("pointerdown", () => { current = this; });
      this.section.addEventListener("focusin", () => { current = this; });
      this.box.addEventListener("click", (event) => {
        const head = event.target.closest(".head");
        if (head) this.toggle(Number(head.parentElement.dataset.row));
      });
      let timer;
      this.search.addEventListener("input", () => {
        clearTimeout(timer);
        this.busy(true);
        timer = setTimeout(() => this.filter(), 150);
      });
      for (const choice of this.choices) choice.addEventListener("change", () => this.filter());
    }

    /* Which rows are shown: at once by what every row's head says, then by what their bodies say. */
    async filter(keep = true) {
      const turn = ++this.turn;
      const asked = escaped(this.search.value.toLowerCase()).split(/\s+/).filter(Boolean);
      const { heads, finds, facets } = this.columns;
      const wanted = this.choices.filter((one) => one.value !== ANY).map((one) => {
        const { values, rows } = facets[one.dataset.facet];
        return { rows, place: values.indexOf(one.value) };
      });
      const left = [];
      this.hits = [];
      for (let row = 0; row < this.size; row++) {
        if (!wanted.every((one) => one.rows[row].includes(one.place))) continue;
        const head = asked.length ? `${words(heads[row])} ${finds[row]}` : "";
        const missing = asked.filter((word) => !head.includes(word));
        if (missing.length) left.push([row, missing]);
        else this.hits.push(row);
      }
      this.box.scrollTop = 0;
      this.tell(asked.length || wanted.length, left.length ? "…" : "");
      this.draw();
      if (keep) this.keep();
      if (left.length) await this.dig(left, turn, asked.length || wanted.length);
      if (turn === this.turn) this.busy(false);
    }

    busy(is) { this.box.setAttribute("aria-busy", is); }

    async dig(left, turn, narrowed) {
      const found = [];
      let at = 0;
      while (at < left.length) {
        const place = Math.floor(left[at][0] / this.step);
        const { parts, rows } = await unfold(this.scripts[place]);
        if (turn !== this.turn) return;
        const texts = parts.map(words);
        for (; at < left.length && Math.floor(left[at][0] / this.step) === place; at++) {
          const [row, missing] = left[at];
          const mine = rows[row - place * this.step];
          if (missing.every((word) => mine.some((part) => texts[part].includes(word)))) found.push(row);
        }
        this.tell(narrowed, ` (${Math.round((at / left.length) * 100)} % of texts read)`);
      }
      this.hits = [...this.hits, ...found].sort((one, other) => one - other);
      this.tell(narrowed, "");
      this.draw();
    }

    tell(narrowed, more) {
      const found = narrowed ? `${this.hits.length} found, ` : "";
      this.label.textContent = `${found}${this.total}${more}`;
    }

    /* The height of a closed row, as the style has it for this width. */
    measured() {
      return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 40;
    }

    /* Where a hit begins: rows of one height, and more where one above it is open. */
    top(place) {
      let top = place * this.height;
      for (const [row, extra] of this.extra) {
        const at = this.places.get(row);
        if (at !== undefined && at < place) top += extra;
      }
      return top;
    }

    draw() {
      if (!this.box.clientHeight && this.hits.length && this.tall.style.height) return;
      this.height = this.measured();  // Once: between two changes of the page it would be slow.
      this.places = new Map([...this.extra.keys()].map((row) => [row, this.hits.indexOf(row)]));
      for (const [row, at] of this.places) if (at < 0) this.places.delete(row);
      this.tall.style.height = `${this.top(this.hits.length)}px`;
      const from = this.box.scrollTop - AHEAD;
      const to = this.box.scrollTop + this.box.clientHeight + AHEAD;
      const wanted = new Set();
      for (let place = this.first(from); place < this.hits.length; place++) {
        const top = this.top(place);
        if (top > to) break;
        this.put(this.hits[place], place, top);
        wanted.add(this.hits[place]);
      }
      const focused = document.activeElement?.closest?.(".card");
      for (const [row, node] of this.drawn) {
        if (wanted.has(row) || node === focused && this.hits.includes(row)) continue;
        this.sizes.unobserve(node);
        node.remove();
        this.drawn.delete(row);
      }
    }

    first(from) {
      let low = 0, high = this.hits.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.top(middle + 1) < from) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    put(row, place, top) {
      let node = this.drawn.get(row);
      if (!node) {
        node = this.make(row);
        this.drawn.set(row, node);
        this.tall.append(node);
      }
      node.style.transform = `translateY(${top}px)`;
      node.setAttribute("aria-posinset", place + 1);
      node.setAttribute("aria-setsize", this.hits.length);
    }

    make(row) {
      const node = document.createElement("article");
      node.className = this.kind;
      node.dataset.row = row;
      node.tabIndex = -1;
      node.setAttribute("role", "listitem");
      const head = document.createElement("div");
      head.className = "head";
      head.setAttribute("role", "button");
      head.setAttribute("aria-expanded", this.extra.has(row));
      head.append(parsed(this.columns.heads[row]));
      node.append(head);
      if (this.extra.has(row)) this.fill(row, node);
      this.sizes.observe(node);
      return node;
    }

    async fill(row, node) {
      const { parts, rows } = await this.chunk(Math.floor(row / this.step));
      const mine = rows[row % this.step];
      if (!this.extra.has(row) || node.querySelector(".body")) return;
      node.append(parsed(mine.map((part) => parts[part]).join("")));
    }

    chunk(place) {
      if (!this.chunks.has(place)) this.chunks.set(place, unfold(this.scripts[place]));
      const found = this.chunks.get(place);
      this.chunks.delete(place);
      this.chunks.set(place, found);
      if (this.chunks.size > KEPT) this.chunks.delete(this.chunks.keys().next().value);
      return found;
    }

    measure(found) {
      let changed = false;
      for (const { target } of found) {
        const row = Number(target.dataset.row);
        if (!this.extra.has(row)) continue;
        const extra = Math.max(0, target.offsetHeight + 6 - this.height);
        changed ||= this.extra.get(row) !== extra;
        this.extra.set(row, extra);
      }
      if (changed) this.draw();
    }

    show(row, open = true) {
      const node = this.drawn.get(row);
      node?.querySelector(".head").setAttribute("aria-expanded", open);
      if (open) {
        this.extra.set(row, 0);
        if (node) this.fill(row, node);
      } else {
        this.extra.delete(row);
        node?.querySelector(".body")?.remove();
      }
    }

    toggle(row, open = !this.extra.has(row)) {
      if (open === this.extra.has(row)) return;
      this.show(row, open);
      this.at = row;
      this.draw();
      this.keep();
    }

    go(by) {
      const here = this.hits.indexOf(this.at);
      const place = here < 0 ? 0 : Math.min(Math.max(0, here + by), this.hits.length - 1);
      if (this.hits.length) this.reach(place);
    }

    reach(place) {
      this.at = this.hits[place];
      this.section.scrollIntoView({ block: "start", behavior: "instant" });
      this.box.scrollTop = this.top(place);
      this.draw();
      this.drawn.get(this.at)?.focus({ preventScroll: true });
    }

    state() {
      const asked = new URLSearchParams();
      if (this.search.value) asked.set("q", this.search.value);
      for (const one of this.choices) if (one.value !== ANY) asked.set(one.dataset.facet, one.value);
      if (this.extra.has(this.at)) asked.set("open", this.columns.keys[this.at]);
      return asked.toString();
    }

    keep() {
      const asked = this.state();
      history.replaceState(null, "", `#${this.section.id}${asked ? `?${asked}` : ""}`);
    }

    async restore(asked) {
      this.search.value = asked.get("q") || "";
      for (const one of this.choices) {
        const value = asked.get(one.dataset.facet);
        one.value = value !== null && [...one.options].some((o) => o.value === value) ? value : ANY;
      }
      await this.filter(false);
      const row = asked.has("open") ? this.columns.keys.indexOf(asked.get("open")) : -1;
      const place = this.hits.indexOf(row);
      if (place < 0) return;
      this.toggle(row, true);
      this.reach(place);
    }

    clear() {
      this.search.value = "";
      for (const one of this.choices) one.value = ANY;
      return this.filter();
    }
  }

  function follow() {
    const [name, asked] = location.hash.slice(1).split("?");
    const list = lists.get(name);
    if (!list || asked === undefined || asked === list.state()) return;
    current = list;
    list.section.scrollIntoView({ block: "start", behavior: "instant" });
    list.restore(new URLSearchParams(asked));
  }

  async function seek(name) {
    const list = lists.get("traces");
    if (!list) return;
    current = list;
    for (const one of list.choices) one.value = ANY;
    list.search.value = `id:${name};`;
    await list.filter();
    list.hits.slice(0, 8).forEach((row) => list.toggle(row, true));
  }

  function visible() {
    const inView = [...lists.values()].find(({ section }) => {
      const box = section.getBoundingClientRect();
      return box.top < innerHeight * 0.6 && box.bottom > innerHeight * 0.3;
    });
    return inView || current;
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !lists.size) return;
    const list = visible();
    if (event.key === "Escape") { document.activeElement.blur(); list.clear(); }
    if (event.target.matches("input, select")) return;
    if (event.key === "j") list.go(1);
    else if (event.key === "k") list.go(-1);
    else if (event.key === "o" || event.key === "Enter") { if (list.at >= 0) list.toggle(list.at); }
    else if (event.key === "x") {
      const rows = [...list.drawn.keys()];
      const open = rows.some((row) => !list.extra.has(row));
      rows.forEach((row) => list.toggle(row, open));
    } else if (event.key === "/") { event.preventDefault(); list.search.focus(); }
  }

  async function start() {
    for (const section of document.querySelectorAll("[data-list]")) {
      const list = new List(section, await unfold(section.querySelector(".heads")));
      lists.set(section.id, list);
      current ??= list;
      await list.filter(false);
      if (section.id === "pairs" && list.size && !location.hash) list.show(list.hits[0]);
    }
    follow();
    document.documentElement.dataset.ready = "yes";
  }

  if (typeof DecompressionStream === "undefined") {
    document.documentElement.classList.remove("js");
    return;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    if (link) seek(link.dataset.seek);
  });
  document.addEventListener("keydown", press);
  addEventListener("hashchange", follow);
  start();
})();
