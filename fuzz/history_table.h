// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The table of `hotweave history`: what the program's matrix (HOTWEAVE_MATRIX) expects of each variant and each program,
// and what is measured now. Equal options without a time limit, equal table. Depends on runtime and hunt.h.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <hotweave/run.h>

namespace hotweave {

struct HistoryOptions {
  uint64_t runs = 500;       // executions of each target in each configuration before a "no"
  uint64_t most = 60'000;    // until something that is expected has been seen
  uint64_t confirm = 3000;   // executions that try to make a report of lock order real
  double seconds = 0;        // of each such search at most; 0: no limit
  std::string only;          // rows and programs whose name begins so
  std::string change;        // appended to every profile: "-381eab4a6ee8"
  std::string corpus = "corpus";
  bool matrix = true, programs = true;
  std::set<std::string> columns;   // of the matrix; empty: all
  bool shorten = true;       // findings are made simpler before their segments are counted
  // Called before each row and each program: which one, how many are done, of how many. May be empty.
  std::function<void(const std::string& name, size_t done, size_t of)> progress;
};

struct HistoryCell {
  std::string row;         // "S1-E", or the id of a program
  std::string column;      // "deadlock", "lockdep old", …; of a program what it does
  std::string where;       // targets and profile
  std::string expected;    // "yes: deadlock, 5 segments" or "no"
  std::string observed;    // with executions; "not run: …"
  bool agrees = false;
  bool ran = false;
  std::string kind;        // of the finding of a single execution
  uint64_t segments = 0;   // of the shortest interleaving seen; 0: none
  std::string source;      // where a kernel's source proves a disputed cell
};

struct HistoryTable {
  std::vector<HistoryCell> matrix, programs;
  size_t Agreeing() const;
  size_t Cells() const { return matrix.size() + programs.size(); }
};

// The columns of the matrix, in order.
inline constexpr const char* kHistoryColumns[] = {"deadlock", "lockdep old", "lockdep new", "feasible", "other"};

// Throws std::runtime_error if the program has no matrix.
HistoryTable MeasureHistory(const HistoryOptions& options);

}  // namespace hotweave
