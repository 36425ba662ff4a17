// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The sections below the steps as tabs, and the list of events with its filter.

class Tabs {
  constructor() {
    const box = document.getElementById("tabs");
    this.panels = [...box.querySelectorAll(":scope > section")];
    box.classList.add("tabbed");
    this.tabs = this.panels.map((panel, i) => {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-label", panel.dataset.tab);
      return h("button", {type: "button", role: "tab", id: panel.id + "-tab", "aria-controls": panel.id, click: () => this.open(i)}, panel.dataset.tab);
    });
    const list = h("div", {role: "tablist", "aria-label": "More about the finding"}, ...this.tabs);
    list.addEventListener("keydown", e => {
      const now = this.tabs.indexOf(document.activeElement), step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
      if (now < 0 || !step) return;
      e.stopPropagation();
      e.preventDefault();
      this.open((now + step + this.tabs.length) % this.tabs.length);
      this.tabs[this.current].focus();
    });
    box.prepend(list);
    this.open(0);
  }

  open(i) {
    this.current = i;
    this.panels.forEach((panel, k) => { panel.hidden = k !== i; });
    this.tabs.forEach((tab, k) => {
      tab.setAttribute("aria-selected", k === i ? "true" : "false");
      tab.tabIndex = k === i ? 0 : -1;
    });
    if (this.onOpen) this.onOpen(this.panels[i].id);
  }
  openById(id) { this.open(this.panels.findIndex(p => p.id === id)); }
  get openId() { return this.panels[this.current].id; }
}

const EVENTS_PER_PAGE = 200;

class EventList {
  constructor(execution, onPick) {
    this.x = execution;
    this.onPick = onPick;
    this.page = 0;
    this.at = 0;
    this.body = document.querySelector("#events tbody");
    this.task = document.getElementById("filter-task");
    this.text = document.getElementById("filter-text");
    this.path = document.getElementById("filter-path");
    execution.tasks.forEach((t, i) => this.task.append(h("option", {value: String(i)}, t.name)));
    for (const input of [this.task, this.text, this.path]) input.addEventListener("input", () => this.filter());
    document.getElementById("filter").addEventListener("submit", e => e.preventDefault());
    document.getElementById("earlier").addEventListener("click", () => this.turn(-1));
    document.getElementById("later").addEventListener("click", () => this.turn(1));
    this.body.addEventListener("click", e => {
      const row = e.target.closest("tr");
      if (row) this.onPick(Number(row.dataset.at));
    });
    this.found = null;   // made when the tab is first opened
  }

  filter() {
    const task = this.task.value === "" ? -1 : Number(this.task.value), text = this.text.value.trim().toLowerCase();
    this.found = [];
    for (let at = 0; at < this.x.kept.length; at++) {
      if (task >= 0 && this.x.task[at] !== task) continue;
      if (this.path.checked && !this.x.onPath.has(this.x.kept[at])) continue;
      if (text) {
        const e = this.x.event(at);
        if (!(e.what + " " + (e.stack.length ? place(e.stack[0]) : "")).toLowerCase().includes(text)) continue;
      }
      this.found.push(at);
    }
    document.getElementById("filter-count").textContent = `${this.found.length} of ${this.x.kept.length} events`;
    this.toCursor();
  }

  // Opens the page with the cursor, or with what comes after it.
  toCursor() {
    const next = this.found.findIndex(at => at >= this.at);
    this.page = Math.floor((next < 0 ? Math.max(this.found.length - 1, 0) : next) / EVENTS_PER_PAGE);
    this.draw();
    const row = this.body.querySelector(".at-cursor");
    const box = document.getElementById("events-scroll");
    if (row) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  }

  turn(pages) {
    this.page += pages;
    this.draw();
    document.getElementById("events-scroll").scrollTop = 0;
  }

  draw() {
    const from = this.page * EVENTS_PER_PAGE, shown = this.found.slice(from, from + EVENTS_PER_PAGE);
    this.body.replaceChildren(...shown.map(at => {
      const e = this.x.event(at);
      const style = (this.x.onPath.has(e.number) ? "on-path " : "") + (at === this.at ? "at-cursor" : "");
      return h("tr", {class: style, "data-at": String(at)}, h("td", {class: "number"}, String(e.number)), h("td", {}, this.x.name(e.task)),
        h("td", {}, String(e.cpu)), h("td", {}, e.what), h("td", {class: "place"}, e.stack.length ? place(e.stack[0]) : ""));
    }));
    document.getElementById("earlier").disabled = this.page === 0;
    document.getElementById("later").disabled = from + EVENTS_PER_PAGE >= this.found.length;
    document.getElementById("page").textContent = shown.length ? `${from + 1}–${from + shown.length} of ${this.found.length}` : "none";
  }

  show(at, open) {
    this.at = at;
    if (!open) return;
    if (!this.found) return this.filter();
    const row = this.body.querySelector(`tr[data-at="${at}"]`);
    if (!row) return this.toCursor();
    this.body.querySelectorAll(".at-cursor").forEach(r => r.classList.remove("at-cursor"));
    row.classList.add("at-cursor");
    const box = document.getElementById("events-scroll");
    if (row.offsetTop < box.scrollTop + 30 || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = row.offsetTop - box.clientHeight / 2;
  }
}
