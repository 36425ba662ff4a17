// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See lock_lines.h.
#include "report/lock_lines.h"

#include <algorithm>

#include "report/story.h"
#include "report/table.h"

namespace hotweave {
namespace {

using Shape = LockReport::Shape;

std::string Mode(int read) { return read == 0 ? "" : read == 1 ? " (read)" : " (recursive read)"; }

std::string Named(const LockEnd& end) { return end.name + Mode(end.read); }

std::string TaskName(const Trace& trace, uint32_t task) { return task < trace.tasks.size() ? trace.tasks[task].name : "?"; }

// `frames` 0: the first frame, without a word about others.
std::string PlaceOf(const Trace& trace, const LockEnd& end, size_t frames, SymbolSource& symbols) {
  if (end.stack >= trace.stacks.size()) return "";
  const Stack& stack = trace.stacks[end.stack];
  return frames ? CompactStack(stack, frames, symbols) : ShortPlace(TargetFrame(stack, symbols));
}

std::string Held(const LockEdge& e) { return (e.held.completion ? "completes " : "holds ") + Named(e.held); }
std::string Wanted(const LockEdge& e) {
  return (e.wanted.completion ? "waits for " : "takes ") + Named(e.wanted) + (e.held.completion ? " before" : "");
}

// Columns side by side, each as wide as its longest cell; the last one as it is.
std::vector<std::string> Columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i + 1 < row.size(); i++) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); i++) {
      line += " " + row[i];
      if (i + 1 < row.size()) line.append(widths[i] - DisplayWidth(row[i]) + 1, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

std::string Takes(const LockEnd& end) {
  if (end.completion) return "wait_for_completion(" + end.name + ");";
  return (end.read ? "rlock(" : "lock(") + end.name + ");";
}

// Source: print_circular_lock_scenario(), kernel/locking/lockdep.c.
std::vector<std::string> Circular(const LockReport& locks) {
  const LockEdge& now = locks.edges.front();
  const LockEdge& closing = locks.edges.back();
  const std::string other(29, ' ');
  std::vector<std::string> lines;
  if (locks.edges.size() > 2)
    lines.push_back(" Chain exists of: " + now.wanted.name + " --> " + closing.held.name + " --> " + now.held.name);
  const std::string complete = "  complete(" + now.held.name + ");";
  lines.insert(lines.end(), {" Possible unsafe locking scenario:", "       CPU0                    CPU1",
                             "       ----                    ----"});
  if (!now.held.completion) lines.push_back("  " + Takes(now.held));
  if (!closing.held.completion) lines.push_back("  " + other + Takes(closing.held));
  lines.insert(lines.end(), {"  " + other + Takes(closing.wanted), "  " + Takes(now.wanted)});
  if (now.held.completion) lines.push_back(complete);
  lines.push_back(" *** DEADLOCK ***");
  return lines;
}

// Source: print_deadlock_scenario(), the same file.
std::vector<std::string> Recursive(const LockEdge& e) {
  return {" Possible unsafe locking scenario:", "       CPU0", "       ----", "  " + Takes(e.held), "  " + Takes(e.wanted),
          " *** DEADLOCK ***"};
}

// Source: print_usage_bug_scenario(), the same file.
std::vector<std::string> Usage(const std::string& name) {
  return {" Possible unsafe locking scenario:", "       CPU0", "       ----", "  lock(" + name + ");", "  <Interrupt>",
          "    lock(" + name + ");", " *** DEADLOCK ***"};
}

// Source: print_irq_lock_scenario(), the same file.
std::vector<std::string> Interrupt(const std::string& safe, const std::string& unsafe) {
  const std::string other(29, ' ');
  return {" Possible interrupt unsafe locking scenario:",
          "       CPU0                    CPU1",
          "       ----                    ----",
          "  lock(" + unsafe + ");",
          "  " + other + "local_irq_disable();",
          "  " + other + "lock(" + safe + ");",
          "  " + other + "lock(" + unsafe + ");",
          "  <Interrupt>",
          "    lock(" + safe + ");",
          " *** DEADLOCK ***"};
}

}  // namespace

std::vector<std::string> EdgeLines(const Trace& trace, const LockReport& locks, size_t frames, bool short_form,
                                   SymbolSource& symbols) {
  std::vector<std::vector<std::string>> rows;
  for (const LockEdge& e : locks.edges) {
    const std::string task = TaskName(trace, e.wanted.task);
    if (short_form) {
      const std::string taken = PlaceOf(trace, e.held, 0, symbols);
      rows.push_back({task, Held(e) + (taken.empty() ? "" : " (" + taken + ")") + ", " + Wanted(e), PlaceOf(trace, e.wanted, frames, symbols)});
      continue;
    }
    rows.push_back({task, Held(e), PlaceOf(trace, e.held, frames, symbols)});
    rows.push_back({"", Wanted(e), PlaceOf(trace, e.wanted, frames, symbols)});
  }
  return Columns(rows);
}

std::vector<std::string> ScenarioLines(const LockReport& locks, const std::vector<std::string>& names) {
  switch (locks.shape) {
    case Shape::Cycle:
      return locks.edges.size() < 2 ? std::vector<std::string>() : Circular(locks);
    case Shape::Recursion:
      return locks.edges.empty() ? std::vector<std::string>() : Recursive(locks.edges.front());
    case Shape::Usage:
      return names.empty() ? std::vector<std::string>() : Usage(names.front());
    case Shape::IrqPath:
      return names.size() < 2 ? std::vector<std::string>() : Interrupt(names.front(), names.back());
    default:
      return {};
  }
}

bool IsUsageSite(const Site& site) { return site.role.find(" interrupts") != std::string::npos; }

}  // namespace hotweave
