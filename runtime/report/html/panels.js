// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What stands below the lanes: the step with its source and stack, the tasks at that moment, values over time.

class Panels {
  constructor(execution) {
    this.x = execution;
    this.eventBox = document.getElementById("event");
    this.sourceBox = document.getElementById("source");
    this.stackBox = document.getElementById("stack");
    this.tasksBody = document.querySelector("#tasks tbody");
    this.valuesBox = document.getElementById("values");
    if (!execution.values.length) document.getElementById("values-card").hidden = true;
    else if (!execution.values[0].disputed) document.getElementById("values-head").textContent = "What was read just before, and others wrote";
  }

  show(at) {
    const e = this.x.event(at);
    this.showEvent(e);
    // Where the finding was made may be further on in the code than the last event before it.
    const site = this.x.sites.find(s => s.at === e.number && s.stack >= 0);
    const stack = site ? this.x.stackOf(site.stack) : e.stack;
    this.showStack(stack.length || !this.x.sites.some(s => s.at === e.number) ? stack : this.lastTaken(e), 0);
    this.showTasks(e);
    this.valuesBox.replaceChildren(...this.x.values.map(v => this.value(v, e.number)));
  }

  // Of a finding without a place, as at the end of a task: where the lock was taken that is still held.
  lastTaken(e) {
    const held = this.x.heldBy(e.task, e.number).filter(l => this.x.position.has(l.at)).pop();
    if (!held) return [];
    this.eventBox.append(h("p", {class: "by"}, `Below: where ${this.x.name(e.task)} took ${held.name}, which it holds.`));
    return this.x.event(this.x.position.get(held.at)).stack;
  }

  showEvent(e) {
    const lines = [h("p", {class: "what"}, e.what),
      h("p", {class: "by"}, `event ${e.number} of ${this.x.count - 1}, by ${this.x.name(e.task)} on CPU ${e.cpu}` +
        (this.x.onPath.has(e.number) ? ", on the path to the finding" : ""))];
    const here = this.x.sites.filter(s => s.at === e.number);
    for (const s of here) lines.push(h("p", {class: "role"}, `The finding: ${s.role} by ${this.x.name(s.task)} `,
      here.length < 2 || s.stack < 0 ? "" : h("button", {type: "button", click: () => this.showStack(this.x.stackOf(s.stack), 0)}, "stack")));
    const decision = this.x.decisions.get(e.number);
    if (decision) lines.push(h("p", {class: "decided"}, decision.kind === "preempt" ? `A decision of the input: without it, ${this.x.name(e.task)} would have gone on.`
      : `A decision of the input: without it, the next task in order would have run instead of ${this.x.name(decision.to)}.`));
    this.eventBox.replaceChildren(...lines);
  }

  // The frames; the source is that of the one that is picked.
  showStack(stack, picked) {
    this.stackBox.replaceChildren(...stack.map((f, i) => h("li", {},
      h("button", {type: "button", "aria-current": i === picked ? "true" : "false", click: () => this.showStack(stack, i)}, place(f)))));
    const f = stack[picked];
    if (!f) return this.sourceBox.replaceChildren(h("p", {class: "none"}, "This event belongs to the scheduler: it has no place in the code."));
    const lines = this.x.source(f.file, f.line);
    const name = h("p", {class: "source-name"}, f.file ? `${f.file}:${f.line}` : f.fn);
    if (!lines.length) return this.sourceBox.replaceChildren(name, h("p", {class: "none"}, "No source lines of this place."));
    this.sourceBox.replaceChildren(name, h("div", {class: "source", tabindex: "0", role: "region", "aria-label": "Source lines"},
      ...lines.map(l => h("div", {class: l.current ? "current" : "", "aria-current": l.current ? "true" : null},
        h("span", {class: "line"}, String(l.line)), l.text))));
  }

  // Those that the page is about in a table, with what they hold; the rest in a list.
  showTasks(e) {
    const rows = [], others = [];
    this.x.tasks.forEach((t, task) => {
      const state = this.x.stateOf(task, e.number), held = this.x.heldBy(task, e.number), acts = e.task === task;
      if (!state && !held.length) return;
      if (!acts && !held.length && !this.x.main.has(task)) return others.push(h("li", {}, `${t.name}: `, this.state(state, false)));
      rows.push(h("tr", {class: acts ? "acts" : ""}, h("td", {}, t.name), h("td", {class: this.x.parties.has(task) ? "party" : ""}, this.state(state, acts)),
        h("td", {}, ...(held.length ? held.map(l => h("span", {class: "held"}, l.name + (l.mode ? ` (${l.mode})` : ""), " ",
          h("small", {}, l.where))) : ["–"]))));
    });
    this.tasksBody.replaceChildren(...rows);
    const box = document.getElementById("others");
    box.hidden = !others.length;
    box.querySelector("summary").textContent = others.length === 1 ? "1 other task" : `${others.length} other tasks`;
    box.querySelector("ul").replaceChildren(...others);
  }

  state(s, acts) {
    if (!s) return "–";
    if (s.state === "running") return h("span", {class: "state-running"}, acts ? `runs on CPU ${s.cpu}` : `on CPU ${s.cpu}`);
    if (s.state === "blocked") return h("span", {class: "state-blocked"}, s.cause || "waits");
    return s.state === "preempted" ? "preempted, could run" : "could run";
  }

  value(v, event) {
    let now = -1;
    v.series.forEach((a, i) => { if (a.at <= event) now = i; });
    const rows = v.series.map((a, i) => h("tr", {class: i === now ? "now-row" : i > now ? "later" : ""},
      h("td", {class: "number"}, String(a.at)), h("td", {}, this.x.name(a.task)), h("td", {}, a.store ? "stores" : "loads"),
      h("td", {class: "number"}, a.value === null ? "?" : a.value), h("td", {class: "place"}, a.where)));
    const known = now >= 0 ? v.series[now].value : null;
    const box = h("div", {class: "value"}, h("h3", {}, v.name), v.path !== v.name ? h("p", {class: "path"}, v.path) : null,
      h("p", {class: "now"}, now < 0 ? "not touched yet" : known === null ? "holds something that has no name" : "holds ", known === null ? "" : h("strong", {}, known)),
      Panels.spark(v, event, this.x.count),
      h("div", {class: "history", tabindex: "0", role: "region", "aria-label": `Accesses to ${v.name}`}, h("table", {}, h("thead", {}, h("tr", {},
        ...["event", "task", "", "value", "where"].map(t => h("th", {scope: "col"}, t)))), h("tbody", {}, ...rows))));
    const table = box.querySelector(".history"), current = rows[Math.max(now, 0)];
    requestAnimationFrame(() => { if (current) table.scrollTop = current.offsetTop - table.clientHeight / 2; });
    return box;
  }

  // A step line of the numbers, from the first access to the last; nothing if there are no two different ones.
  static spark(v, event, count) {
    const numbers = v.series.filter(a => a.value !== null && /^-?\d+$/.test(a.value)).map(a => ({at: a.at, n: Number(a.value)}));
    const low = Math.min(...numbers.map(a => a.n)), high = Math.max(...numbers.map(a => a.n));
    if (numbers.length < 2 || low === high) return null;
    const y = n => (40 - (n - low) / (high - low) * 36).toFixed(1);
    const step = 1000 / (numbers.length - 1);
    let d = `M0 ${y(numbers[0].n)}`, here = 0;
    numbers.forEach((a, i) => {
      if (i) d += `H${(i * step).toFixed(1)}V${y(a.n)}`;
      if (a.at <= event) here = i * step;
    });
    return svg("svg", {class: "spark", viewBox: "-4 0 1008 44", preserveAspectRatio: "none", role: "img",
      "aria-label": `${v.name} goes between ${low} and ${high}`}, svg("path", {d}), svg("line", {x1: here, x2: here, y1: 0, y2: 44}));
  }
}

// Edges of the wait-for graph, and waits without one: those of the moment are shown.
class WaitGraph {
  constructor(execution) {
    this.x = execution;
    this.edges = [...document.querySelectorAll("#tab-waits [data-when]")].map(element => ({element,
      when: element.dataset.when.split(" ").map(w => w.split("-").map(Number))}));
    this.nodes = [...document.querySelectorAll("#waits .node")];
    this.moment = document.getElementById("wait-moment");
  }

  show(at) {
    const event = this.x.kept[at], busy = new Set();
    for (const {element, when} of this.edges) {
      const now = when.some(([first, last]) => first <= event && event <= last);
      element.classList.toggle("off", !now);
      if (now && element.dataset.from) busy.add(element.dataset.from).add(element.dataset.to);
    }
    for (const node of this.nodes) node.classList.toggle("idle", !busy.has(node.dataset.node));
    const waiting = this.edges.filter(({element}) => !element.classList.contains("off")).length;
    if (this.moment) this.moment.textContent = (event === this.x.count - 1 ? "At the end of the execution" : `At event ${event}`) +
      (waiting ? "." : ": nobody waits.");
  }
}
