// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Puts the page together: one cursor, moved by keys, buttons and clicks, that all parts show.

class View {
  constructor() {
    document.documentElement.classList.remove("no-script");
    this.x = new Execution(JSON.parse(document.getElementById("data").textContent));
    const pick = at => this.go(at);
    this.panels = new Panels(this.x);
    this.waits = new WaitGraph(this.x);
    this.list = new EventList(this.x, pick);
    this.timeline = new Timeline(this.x, pick);
    this.tabs = new Tabs();
    this.tabs.onOpen = () => this.list.show(this.at, this.tabs.openId === "tab-events");
    this.help = document.getElementById("help");
    document.addEventListener("keydown", e => this.key(e));
    for (const button of document.querySelectorAll("[data-key]"))
      button.addEventListener("click", () => this.press(button.dataset.key));
    window.addEventListener("resize", () => this.timeline.draw());
    this.shorten();
    // Paper has no cursor: it shows the end.
    window.addEventListener("beforeprint", () => this.waits.show(this.x.kept.length - 1));
    window.addEventListener("afterprint", () => this.waits.show(this.at));
    if (this.x.kept.length) this.go(this.start());
  }

  // Long sentences begin with three lines each.
  shorten() {
    const list = document.getElementById("sentences");
    if (!list || list.textContent.length < 900) return;
    const button = h("button", {type: "button", "aria-controls": "sentences", "aria-expanded": "false", click: () => {
      const short = list.classList.toggle("short");
      button.textContent = short ? "all of it" : "less";
      button.setAttribute("aria-expanded", short ? "false" : "true");
    }}, "all of it");
    list.classList.add("short");
    list.after(button);
  }

  // Where the story turns: the last preemption before the finding, else the last decision, else the finding itself.
  start() {
    const sites = this.x.sites.map(s => s.at), finding = sites.length ? sites[0] : this.x.count - 1;
    const before = [...this.x.decisions.values()].filter(a => a.at <= finding && this.x.position.has(a.at));
    const turn = before.findLast(a => a.kind === "preempt") || before[before.length - 1];
    return Math.min(this.x.positionFrom(turn ? turn.at : finding), this.x.kept.length - 1);
  }

  go(at) {
    if (!this.x.kept.length) return;
    this.at = Math.min(Math.max(at, 0), this.x.kept.length - 1);
    document.getElementById("position").textContent = `event ${this.x.kept[this.at]} of ${this.x.count - 1}`;
    this.timeline.show(this.at);
    this.panels.show(this.at);
    this.waits.show(this.at);
    this.list.show(this.at, this.tabs.openId === "tab-events");
  }

  toPath(step) {
    const now = this.x.kept[this.at], path = this.x.path;
    const next = step > 0 ? path.find(i => i > now) : path.findLast(i => i < now);
    if (next !== undefined) this.go(this.x.position.get(next));
  }

  // Where another task begins to run.
  toSwitch(step) {
    for (let at = this.at + step; at > 0 && at < this.x.kept.length; at += step)
      if (this.x.task[at] !== this.x.task[at - 1]) return this.go(at);
  }

  key(e) {
    if (e.ctrlKey || e.altKey || e.metaKey || this.help.open) return;
    if (e.target.closest("input[type=search], select")) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    if (this.press(e.key)) e.preventDefault();
  }

  // True if the key means something.
  press(key) {
    const actions = {
      ArrowRight: () => this.go(this.at + 1), j: () => this.go(this.at + 1),
      ArrowLeft: () => this.go(this.at - 1), k: () => this.go(this.at - 1),
      PageDown: () => this.go(this.at + 10), PageUp: () => this.go(this.at - 10),
      Home: () => this.go(0), End: () => this.go(this.x.kept.length - 1),
      n: () => this.toPath(1), p: () => this.toPath(-1), s: () => this.toSwitch(1), S: () => this.toSwitch(-1),
      "+": () => this.zoom(1.5), "=": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5),
      f: () => View.pressed("folded", this.timeline.toggleFolds()), w: () => View.pressed("whole", this.timeline.toggleWhole()),
      "/": () => { this.tabs.openById("tab-events"); document.getElementById("filter-text").focus(); },
      "?": () => this.help.showModal(),
    };
    const tab = Number(key) - 1;
    if (tab >= 0 && tab < this.tabs.panels.length) this.tabs.open(tab);
    else if (actions[key]) actions[key]();
    else return false;
    return true;
  }

  zoom(factor) {
    this.timeline.zoom(factor);
    View.pressed("whole", false);
  }

  static pressed(id, on) { document.getElementById(id).setAttribute("aria-pressed", on ? "true" : "false"); }
}

new View();
