// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave history`: the table of variants and programs as measured now. See cli.h, history_table.h.
#include <fmt/format.h>

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "cli.h"
#include "history_table.h"
#include "progress.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

// A bar would end a cell of the table.
std::string Escape(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string Verdict(const HistoryCell& c) { return c.agrees ? "agrees" : c.ran ? "DISAGREES" : "NOT RUN"; }

std::string LastLine(const HistoryTable& t) { return fmt::format("AGREE {} of {} cells\n", t.Agreeing(), t.Cells()); }

void PrintText(const HistoryTable& t) {
  std::string row;
  for (const HistoryCell& c : t.matrix) {
    if (c.row != row) fmt::print("\n{}: {}\n", c.row, c.where);
    row = c.row;
    fmt::print("  {:<12} {:<9}  expected {}; observed {}\n", c.column, Verdict(c), c.expected, c.observed);
    if (!c.source.empty() && c.column == std::string(kHistoryColumns[4])) fmt::print("  source:      {}\n", c.source);
  }
  if (!t.programs.empty()) fmt::print("\n");
  for (const HistoryCell& c : t.programs) {
    fmt::print("{:<6} {:<9}  {}\n       {}\n       expected {}; observed {}\n", c.row, Verdict(c), c.column, c.where, c.expected, c.observed);
    if (!c.source.empty()) fmt::print("       source: {}\n", c.source);
  }
  fmt::print("\n");
}

// One line per variant, a column per detector.
void PrintMatrix(const HistoryTable& t) {
  fmt::print("| variant | deadlock | lockdep up to 5.9 | lockdep from 5.10 | feasible | other |\n|---|---|---|---|---|---|\n");
  for (size_t i = 0; i + std::size(kHistoryColumns) <= t.matrix.size(); i += std::size(kHistoryColumns)) {
    fmt::print("| **{}** `{}` ", t.matrix[i].row, Escape(t.matrix[i].where));
    for (size_t c = i; c < i + std::size(kHistoryColumns); ++c) {
      const HistoryCell& cell = t.matrix[c];
      fmt::print("| {}", Escape(cell.observed));
      if (!cell.agrees) fmt::print(" **{}**: expected {}", Verdict(cell), Escape(cell.expected));
      if (!cell.source.empty() && c == i) fmt::print(" (source: {})", Escape(cell.source));
    }
    fmt::print(" |\n");
  }
}

void PrintMarkdown(const HistoryTable& t) {
  if (!t.matrix.empty()) PrintMatrix(t);
  if (!t.programs.empty()) {
    fmt::print("\n| program | what | runs | expected | observed | |\n|---|---|---|---|---|---|\n");
    for (const HistoryCell& c : t.programs) {
      fmt::print("| {} | {} | `{}` | {} | {} | {}{} |\n", c.row, Escape(c.column), Escape(c.where), Escape(c.expected),
                 Escape(c.observed), c.agrees ? "" : "**" + Verdict(c) + "**",
                 c.source.empty() ? "" : (c.agrees ? "source: " : " source: ") + Escape(c.source));
    }
  }
  fmt::print("\n");
}

Json CellJson(const HistoryCell& c) {
  Json json;
  json["row"] = c.row;
  json["column"] = c.column;
  json["where"] = c.where;
  json["expected"] = c.expected;
  json["observed"] = c.observed;
  json["agrees"] = c.agrees;
  json["ran"] = c.ran;
  json["segments"] = c.segments ? Json(c.segments) : Json(nullptr);
  json["source"] = c.source.empty() ? Json(nullptr) : Json(c.source);
  return json;
}

void PrintJson(const HistoryTable& t) {
  Json json;
  json["matrix"] = Json::array();
  json["programs"] = Json::array();
  for (const HistoryCell& c : t.matrix) json["matrix"].push_back(CellJson(c));
  for (const HistoryCell& c : t.programs) json["programs"].push_back(CellJson(c));
  json["agree"] = t.Agreeing();
  json["cells"] = t.Cells();
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

int RunHistory(const HistoryCommand& c) {
  HistoryOptions o;
  if (c.runs) o.runs = c.runs;
  if (c.confirm) o.confirm = c.confirm;
  o.seconds = c.seconds;
  if (o.seconds > 0) o.runs = ~uint64_t{0} >> 1;
  o.only = c.only;
  o.change = c.change;
  o.corpus = c.corpus;
  ProgressLine progress("history", !c.quiet);
  o.progress = [&](const std::string& name, size_t done, size_t of) {
    progress.Say({.done = done, .unit = "rows", .of = of, .note = "now " + name});
  };
  const HistoryTable t = MeasureHistory(o);
  progress.Done();
  if (t.Cells() == 0) throw std::runtime_error(fmt::format("no row and no program begins with \"{}\"", c.only));
  if (c.json) {
    PrintJson(t);
  } else {
    c.markdown ? PrintMarkdown(t) : PrintText(t);
    fmt::print("{}", LastLine(t));
  }
  return t.Agreeing() == t.Cells() ? kExitPass : kExitFinding;
}

}  // namespace hotweave
