// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The execution as the page holds it (runtime/report/html_data.cc writes it): events by their number in the trace.
"use strict";

class Execution {
  constructor(raw) {
    this.count = raw.count;
    this.tasks = raw.tasks;
    this.strings = raw.strings;
    this.frames = raw.frames.map(([fn, file, line]) => ({fn: this.text(fn), file: this.text(file), line}));
    this.stacks = raw.stacks;
    this.files = new Map(raw.files.map(([name, windows]) => [this.text(name), windows]));
    this.readEvents(raw);
    this.spans = raw.spans.map(([task, state, begin, end, cpu, cause]) =>
      ({task, state: Execution.STATES[state], begin, end, cpu, cause: this.text(cause)}));
    this.locks = raw.locks.map(([task, name, mode, begin, end, where, at]) =>
      ({task, name: this.text(name), mode: this.text(mode), begin, end, where: this.text(where), at}));
    this.arrows = raw.arrows.map(([kind, at, from, to, decided]) => ({kind: Execution.ARROWS[kind], at, from, to, decided: !!decided}));
    this.path = raw.path.filter(i => this.position.has(i));
    this.onPath = new Set(this.path);
    // A place of the finding that is no event of the trace stands at the end, where the execution stopped.
    this.sites = raw.sites.map(([at, role, task, stack]) => ({at: at < 0 ? this.count - 1 : at, placed: at >= 0, role: this.text(role), task, stack}));
    this.values = raw.values.map(v => ({...v, series: v.series.map(([at, task, store, value, where]) =>
      ({at, task, store: !!store, value: value < 0 ? null : this.text(value), where: this.text(where)}))}));
    this.decisions = new Map(this.arrows.filter(a => a.decided).map(a => [a.at, a]));
    // Tasks that the finding is about, or that the input chose to run or to stop; and all that do something on the path.
    this.parties = new Set(this.sites.map(s => s.task).concat(...[...this.decisions.values()].map(a => [a.from, a.to])));
    this.main = new Set([...this.parties, ...this.path.map(i => this.task[this.position.get(i)])]);
  }

  text(i) { return this.strings[i]; }

  // Columns of the kept events, and where each one is among them.
  readEvents(raw) {
    this.kept = [];
    for (const [first, last] of raw.ranges) for (let i = first; i <= last; i++) this.kept.push(i);
    this.position = new Map(this.kept.map((event, at) => [event, at]));
    this.what = raw.what;
    this.stack = raw.stack;
    this.task = new Uint16Array(this.kept.length);
    this.cpu = new Uint16Array(this.kept.length);
    raw.runs.forEach(([from, task, cpu], r) => {
      const to = r + 1 < raw.runs.length ? raw.runs[r + 1][0] : this.kept.length;
      this.task.fill(task, from, to);
      this.cpu.fill(cpu, from, to);
    });
  }

  // The event with its words; `at` is its position among the kept ones.
  event(at) {
    return {number: this.kept[at], task: this.task[at], cpu: this.cpu[at], what: this.text(this.what[at]), stack: this.stackOf(this.stack[at])};
  }

  // Frames from the innermost one on: each node of the tree is [frame, node of its caller].
  stackOf(node) {
    const stack = [];
    for (; node >= 0; node = this.stacks[node][1]) stack.push(this.frames[this.stacks[node][0]]);
    return stack;
  }

  name(task) { return this.tasks[task] ? this.tasks[task].name : "?"; }

  // Position of the first kept event that is not before this one of the trace.
  positionFrom(event) {
    let low = 0, high = this.kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.kept[middle] < event) low = middle + 1; else high = middle;
    }
    return low;
  }

  // What a task does, and what it holds, as an event happens.
  stateOf(task, event) { return this.spans.find(s => s.task === task && s.begin <= event && event < s.end); }
  heldBy(task, event) { return this.locks.filter(l => l.task === task && l.begin <= event && event < l.end); }

  // The lines around a place: [{line, text, current}], or none.
  source(file, line, around = 3) {
    for (const [first, text] of this.files.get(file) || []) {
      const lines = text.split("\n").map(l => l.replace(/^\t+/, tabs => " ".repeat(8 * tabs.length)));
      if (line < first || line >= first + lines.length) continue;
      return lines.map((text, i) => ({line: first + i, text, current: first + i === line}))
        .filter(l => Math.abs(l.line - line) <= around);
    }
    return [];
  }
}
Execution.STATES = ["running", "blocked", "preempted", "ready"];
Execution.ARROWS = ["create", "wake", "preempt", "switch"];

const place = f => f.file ? `${f.fn} ${f.file.split("/").pop()}${f.line ? ":" + f.line : ""}` : f.fn;

// Makes an element: h("td", {class: "x"}, "text", child…). Text is never read as HTML.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(c => c !== null && c !== undefined));
  return element;
}

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
