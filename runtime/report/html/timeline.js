// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The lanes: a column per event, quiet stretches folded into one, a lane per task, and the overview above them.

const LANE = {state: 20, lock: 14, gap: 9, top: 22, most: 7, few: 2};   // pixels; rows of locks shown
const FOLD = {least: 6, width: 34};                             // events that are folded together; pixels
const COLUMN = {least: 2, normal: 13, most: 60};
const CHARACTER = 6.7;                                          // of a label, pixels

class Timeline {
  constructor(execution, onPick) {
    this.x = execution;
    this.onPick = onPick;
    this.column = COLUMN.normal;
    this.folds = true;
    this.whole = false;
    this.opened = new Set();   // folds that were clicked open, by their first event
    this.scroller = document.getElementById("scroller");
    this.names = document.getElementById("names");
    this.overview = document.getElementById("overview");
    this.scroller.addEventListener("scroll", () => { this.moveFrame(); this.placeLabels(); });
    const there = execution.tasks.map((t, i) => i).filter(i => execution.spans.some(s => s.task === i));
    this.tasks = [...there.filter(i => execution.main.has(i)), ...there.filter(i => !execution.main.has(i))];
    this.layLanes();
    this.drawOverview();
    this.draw();
  }

  // ---- Layout ---------------------------------------------------------------------------------------

  // Each lock in the first row beneath its task's lane that is free.
  layLanes() {
    let y = LANE.top;
    this.lanes = new Map();
    for (const task of this.tasks) {
      const rows = [];
      const locks = this.x.locks.filter(l => l.task === task);
      for (const l of locks) {
        let row = rows.findIndex(end => end <= l.begin);
        if (row < 0) row = rows.length;
        rows[row] = l.end;
        l.row = row;
      }
      // The first task sets up: what it held then need not take the room of the others.
      const full = this.x.parties.has(task) && (task !== 0 || this.x.sites.some(s => s.task === 0));
      const shown = Math.min(rows.length, full ? LANE.most : LANE.few);
      const height = Math.max(LANE.state + shown * LANE.lock + (shown ? LANE.gap : 0), this.x.main.has(task) ? 40 : 20);
      this.lanes.set(task, {y, height, rows: shown});
      y += height;
    }
    this.height = y + 4;
  }

  isQuiet(at) { return !this.loud.has(at); }

  // What is never folded: the path, decisions, who wakes and creates whom, ends of waits.
  findLoud() {
    this.loud = new Set();
    const keep = event => { const at = this.x.position.get(event); if (at !== undefined) this.loud.add(at); };
    this.x.path.forEach(keep);
    this.x.sites.forEach(s => keep(s.at));
    const from = this.x.path.length ? this.x.path[0] : 0;
    for (const a of this.x.arrows) if (a.at >= from || a.kind === "create") keep(a.at);
    this.loud.add(0).add(this.x.kept.length - 1);
  }

  // Columns: {at, n, x, width}; n events from position `at` on.
  layColumns() {
    if (!this.loud) this.findLoud();
    this.columns = [];
    this.columnAt = new Uint32Array(this.x.kept.length);
    let x = 0;
    const add = (at, n, width) => {
      this.columnAt.fill(this.columns.length, at, at + n);
      this.columns.push({at, n, x, width});
      x += width;
    };
    for (let at = 0; at < this.x.kept.length;) {
      let n = 0;
      while (this.folds && at + n < this.x.kept.length && this.isQuiet(at + n)) n++;
      if (n >= FOLD.least && !this.opened.has(at)) add(at, n, Math.max(FOLD.width, this.column));
      else for (let i = 0; i < Math.max(n, 1); i++) add(at + i, 1, this.column);
      at += Math.max(n, 1);
    }
    this.width = x;
    const room = Math.max(this.scroller.clientWidth - 2, 200);
    if (this.whole) this.stretch(room / this.width);
    else if (this.width < room) this.stretch(Math.min(room / this.width, Math.max(COLUMN.most / this.column, 1)));
  }

  stretch(scale) {
    for (const c of this.columns) { c.x *= scale; c.width *= scale; }
    this.width *= scale;
  }

  // Where an event of the trace begins; it may be left out.
  xOf(event) {
    const at = this.x.positionFrom(event);
    return at >= this.x.kept.length ? this.width : this.xAt(at);
  }
  xAt(at) {
    const c = this.columns[this.columnAt[at]];
    return c.x + c.width * (at - c.at) / c.n;
  }
  middleAt(at) {
    const c = this.columns[this.columnAt[at]];
    return c.x + c.width * (at - c.at + .5) / c.n;
  }

  // ---- Drawing --------------------------------------------------------------------------------------

  draw() {
    this.layColumns();
    this.drawNames();
    this.labels = [];
    const root = svg("svg", {width: Math.ceil(this.width), height: this.height});
    root.append(Timeline.heads());
    for (const task of this.tasks) root.append(this.drawLane(task));
    root.append(this.drawFolds(), this.drawArrows(), this.drawMarks());
    this.cursor = svg("rect", {class: "cursor", y: 1, height: this.height - 2});
    root.append(this.cursor);
    root.addEventListener("click", e => this.pick(e));
    this.scroller.replaceChildren(root);
    this.placeLabels();
    if (this.at !== undefined) this.show(this.at, false);
  }

  static heads() {
    const defs = svg("defs");
    for (const kind of ["switch", "wake", "create", "decision"]) {
      defs.append(svg("marker", {id: "arrow-" + kind, viewBox: "0 0 8 8", refX: 6.5, refY: 4, markerUnits: "userSpaceOnUse",
        markerWidth: 9, markerHeight: 9, orient: "auto"}, svg("path", {class: "head " + kind, d: "M0 0L8 4L0 8z"})));
    }
    return defs;
  }

  drawNames() {
    this.names.style.height = this.height + "px";
    this.names.replaceChildren(...this.tasks.map(task => {
      const lane = this.lanes.get(task), t = this.x.tasks[task];
      const div = h("div", {class: this.x.parties.has(task) ? "party" : this.x.main.has(task) ? "" : "small", title: t.name}, t.name, h("small", {}));
      div.style.top = lane.y + "px";
      div.style.height = lane.height + "px";
      div.dataset.task = task;
      return div;
    }));
  }

  drawLane(task) {
    const lane = this.lanes.get(task), group = svg("g");
    group.append(svg("line", {class: "lane-line", x1: 0, x2: this.width, y1: lane.y + lane.height - .5, y2: lane.y + lane.height - .5}));
    for (const s of this.x.spans) if (s.task === task) this.drawSpan(group, lane, s);
    for (const l of this.x.locks) if (l.task === task && l.row < lane.rows) this.drawLock(group, lane, l);
    return group;
  }

  // A box with a label, which is shown as far as there is room, and stays in sight when the box is scrolled.
  box(group, style, box, label, tip) {
    const {x, y, width, height} = box;
    const rect = svg("rect", {class: style, x: x.toFixed(1), y, width: Math.max(width, .8).toFixed(1), height, rx: Math.min(2, width / 2)});
    if (tip) rect.append(svg("title", {}, tip));
    group.append(rect);
    if (!label || width < 3 * CHARACTER + 6) return;
    const text = svg("text", {class: "on-" + style, y: y + height - (height > 12 ? 4 : 2.5)});
    group.append(text);
    this.labels.push({text, label, x, width});
  }

  placeLabels() {
    const left = this.scroller.scrollLeft, right = left + this.scroller.clientWidth;
    for (const l of this.labels) {
      if (l.x > right || l.x + l.width < left) continue;
      const x = Math.max(l.x, left), room = Math.floor((l.x + l.width - x - 6) / CHARACTER);
      l.text.setAttribute("x", (x + 3).toFixed(1));
      l.text.textContent = room < 3 ? "" : l.label.length <= room ? l.label : l.label.slice(0, room - 1) + "…";
    }
  }

  drawSpan(group, lane, s) {
    const x = this.xOf(s.begin), width = this.xOf(s.end) - x;
    if (width <= 0) return;
    const name = this.x.name(s.task);
    if (s.state === "running") this.box(group, "running", {x, y: lane.y + 3, width, height: LANE.state - 4}, "cpu" + s.cpu, `${name} runs on CPU ${s.cpu}`);
    else if (s.state === "blocked") this.box(group, "blocked", {x, y: lane.y + 4, width, height: LANE.state - 6}, s.cause, `${name} ${s.cause}`);
    else this.box(group, "ready", {x, y: lane.y + 9, width, height: 4}, "", `${name} could run`);
  }

  drawLock(group, lane, l) {
    const x = this.xOf(l.begin), width = this.xOf(l.end) - x - .6;
    if (width <= 0) return;
    const mode = l.mode ? ` (${l.mode})` : "";
    this.box(group, l.mode === "read" ? "read" : "lock", {x, y: lane.y + LANE.state + 1 + l.row * LANE.lock, width, height: LANE.lock - 2},
      l.name + mode, `${this.x.name(l.task)} holds ${l.name}${mode}, taken in ${l.where}`);
  }

  drawFolds() {
    const group = svg("g");
    this.columns.forEach((c, i) => {
      if (c.n > 1 && c.width > 12) {
        const first = this.x.kept[c.at], last = this.x.kept[c.at + c.n - 1];
        const rect = svg("rect", {class: "fold", x: c.x + 1, y: 2, width: c.width - 2, height: LANE.top - 6, rx: 3, "data-fold": c.at},
          svg("title", {}, `${last - first + 1} quiet events, ${first} to ${last}: click to unfold`));
        group.append(rect, svg("text", {class: "on-fold", x: c.x + c.width / 2, y: LANE.top - 9, "text-anchor": "middle"}, "⋯" + (c.n < 1000 ? c.n : Math.round(c.n / 1000) + "k")));
      }
      const next = this.x.kept[c.at + c.n];
      if (next !== undefined && next !== this.x.kept[c.at + c.n - 1] + 1) {
        group.append(svg("rect", {class: "gap", x: c.x + c.width - 1, y: 0, width: Math.min(2, c.width * .4), height: this.height},
          svg("title", {}, `${next - this.x.kept[c.at + c.n - 1] - 1} events left out of this page`)));
      }
    });
    return group;
  }

  // From the lower edge of the upper lane's state to the upper edge of the lower one's, or the other way up.
  drawArrows() {
    const group = svg("g");
    for (const a of this.x.arrows) {
      const from = this.lanes.get(a.from), to = this.lanes.get(a.to), at = this.x.position.get(a.at);
      if (!from || !to || from === to || at === undefined) continue;
      const kind = a.decided ? "decision" : a.kind === "preempt" ? "switch" : a.kind;
      const down = to.y > from.y, x = this.xAt(at) + this.columns[this.columnAt[at]].width / this.columns[this.columnAt[at]].n;
      if (this.columns[this.columnAt[at]].n > 1 && kind === "switch") continue;   // within a fold
      const y1 = from.y + (down ? LANE.state - 1 : 3), y2 = to.y + (down ? 3 : LANE.state - 1);
      const verb = {create: "creates", wake: "wakes", preempt: "is preempted by", switch: "gives way to"}[a.kind];
      group.append(svg("path", {class: "arrow " + kind, d: `M${x.toFixed(1)} ${y1}V${y2}`, "marker-end": `url(#arrow-${kind})`},
        svg("title", {}, `${this.x.name(a.from)} ${verb} ${this.x.name(a.to)}${a.decided ? " (decision of the input)" : ""}`)));
      if (a.decided) group.append(svg("path", {class: "diamond", d: `M${x.toFixed(1)} ${from.y + 6}l6 6l-6 6l-6 -6z`}));
    }
    return group;
  }

  drawMarks() {
    const group = svg("g");
    for (const event of this.x.path) {
      const at = this.x.position.get(event), lane = this.lanes.get(this.x.task[at]);
      if (lane) group.append(svg("circle", {class: "path-mark", cx: this.middleAt(at).toFixed(1), cy: lane.y, r: 2}));
    }
    for (const s of this.x.sites) {
      if (!s.placed && s !== this.x.sites[0]) continue;
      const at = Math.min(this.x.positionFrom(s.at), this.x.kept.length - 1), lane = this.lanes.get(s.task);
      if (!lane) continue;
      group.append(svg("circle", {class: "site-mark", cx: this.middleAt(at).toFixed(1), cy: lane.y + 11, r: 5.5},
        svg("title", {}, `${s.role} by ${this.x.name(s.task)}`)));
    }
    return group;
  }

  // ---- Overview -------------------------------------------------------------------------------------

  // By number of the event in the trace, all of them.
  drawOverview() {
    const row = Math.max(3, Math.min(8, Math.floor(60 / this.tasks.length)));
    const height = row * this.tasks.length + 4, scale = 1000 / this.x.count;
    const root = svg("svg", {viewBox: `0 0 1000 ${height}`, height, preserveAspectRatio: "none"});
    this.tasks.forEach((task, i) => {
      for (const s of this.x.spans) {
        if (s.task !== task || s.state === "preempted" || s.state === "ready") continue;
        root.append(svg("rect", {class: s.state === "running" ? "running" : "blocked", x: (s.begin * scale).toFixed(2), y: 2 + i * row,
          width: Math.max((s.end - s.begin) * scale, .8).toFixed(2), height: s.state === "running" ? row - 1 : 1}));
      }
    });
    for (const s of this.x.sites)
      root.append(svg("rect", {class: "site-mark", x: (s.at * scale - 1).toFixed(2), y: 0, width: 2, height}));
    this.frame = svg("rect", {class: "frame", y: 0, height});
    this.here = svg("rect", {class: "cursor", y: 0, height, width: 1});
    root.append(this.frame, this.here);
    root.addEventListener("click", e => {
      const box = root.getBoundingClientRect();
      this.onPick(Math.min(this.x.positionFrom((e.clientX - box.left) / box.width * this.x.count), this.x.kept.length - 1));
    });
    this.overview.replaceChildren(root);
  }

  columnUnder(x) {
    let low = 0, high = this.columns.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.columns[middle].x <= x) low = middle; else high = middle - 1;
    }
    return this.columns[low];
  }

  moveFrame() {
    const first = this.columnUnder(this.scroller.scrollLeft), last = this.columnUnder(this.scroller.scrollLeft + this.scroller.clientWidth);
    const from = this.x.kept[first.at], to = this.x.kept[last.at + last.n - 1] + 1, scale = 1000 / this.x.count;
    this.frame.setAttribute("x", (from * scale).toFixed(2));
    this.frame.setAttribute("width", Math.max((to - from) * scale, 2).toFixed(2));
  }

  // ---- What the person does -------------------------------------------------------------------------

  pick(e) {
    const fold = e.target.closest("[data-fold]");
    if (fold) {
      this.opened.add(Number(fold.dataset.fold));
      this.draw();
      return;
    }
    const x = e.clientX - this.scroller.getBoundingClientRect().left + this.scroller.scrollLeft;
    const c = this.columnUnder(x);
    this.onPick(Math.min(c.at + Math.floor((x - c.x) / c.width * c.n), c.at + c.n - 1));
  }

  zoom(factor) {
    this.whole = false;
    this.column = Math.min(Math.max(this.column * factor, COLUMN.least), COLUMN.most);
    this.draw();
  }
  toggleFolds() { this.folds = !this.folds; this.opened.clear(); this.draw(); return this.folds; }
  toggleWhole() { this.whole = !this.whole; this.draw(); return this.whole; }

  // Moves the cursor to a position; keeps it in sight.
  show(at, acts = true) {
    this.at = at;
    const c = this.columns[this.columnAt[at]], x = this.xAt(at), width = Math.max(c.width / c.n, 2);
    this.cursor.setAttribute("x", x.toFixed(1));
    this.cursor.setAttribute("width", width.toFixed(1));
    this.here.setAttribute("x", (this.x.kept[at] * 1000 / this.x.count).toFixed(2));
    const left = this.scroller.scrollLeft, room = this.scroller.clientWidth, margin = Math.min(140, room / 4);
    if (x < left + margin || x + width > left + room - margin) this.scroller.scrollLeft = Math.max(x - room / 2, 0);
    this.moveFrame();
    for (const div of this.names.children) {
      const task = Number(div.dataset.task), state = this.x.stateOf(task, this.x.kept[at]);
      div.classList.toggle("acts", this.x.task[at] === task);
      div.querySelector("small").textContent = !state ? "" : state.state === "running" ? "cpu" + state.cpu : state.state === "blocked" ? "waits" : "ready";
    }
  }
}
