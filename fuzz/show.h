// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the commands have in common when they show something.
#pragma once

#include <string>
#include <vector>

#include "campaign.h"
#include "cli.h"
#include "confirm.h"
#include "report/json.h"
#include "report/text.h"

namespace hotweave {

// "online_vs_probe@v4.19".
std::string SpecOf(const Resolved& resolved);

// Steps, preemptions, finding … of the execution that is shown.
void DescribeExecution(const Confirmed& confirmed, Summary* summary);

ReportContext ContextOf(const CommonOptions& common, const Resolved& resolved, const Confirmed& confirmed);

// The exact command that replays a file. `common`: what must be said again about it (Unsaid() in stored.h); likewise below.
std::string ReplayLine(const CommonOptions& common, const Resolved& resolved, const std::string& file);

// The file's name without folder and extension: what is made of it goes to the current folder.
std::string StemOf(const std::string& file);

// What a person has just done with a finding: found or replayed it, read it in words, seen it as a page, minimized it.
enum class Done : uint8_t { Replay, Words, Page, Minimize };

// What to type next about a finding that is stored in `file`: the same in words, as a page, simpler, in the debugger; when it
// has been explained or minimized, kept in the corpus. Nothing that was `done` just now.
std::vector<std::string> NextCommands(Done done, const CommonOptions& common, const Resolved& resolved, const std::string& file);

// True if the environment says that text is not UTF-8.
bool AsciiOnly();

// The schedule with a comment per record: which field, in which function.
Schedule AnnotatedSchedule(const Confirmed& confirmed);

// Finds out what becomes of a report about lock order (lock_order.h) and puts the answer into the finding. The
// schedule of the deadlock, if there is one, is written into `directory` ("": nowhere); returns its path or "".
std::string ConfirmLevel(const CommonOptions& common, const RunOptions& options, uint64_t seed,
                         const std::string& directory, Confirmed* found);

// Every event of a trace, one line each.
std::string FullTrace(const Trace& trace);

// Both orders of two tasks at one place.
struct OrderLine {
  std::string place, a, b;   // place as a field: "zone.present_pages"
  uint64_t forward = 0, backward = 0;
};
std::vector<OrderLine> OrderLines(const std::vector<OrderCount>& orders);

// What kernels do and the profile leaves out (hotweave_history_row::left_out): a search that finds nothing says so.
std::vector<const hotweave_history_row*> LeftOut(const Resolved& resolved);

// Adds the key "left_out" to a summary: their names.
std::string WithLeftOut(const std::string& summary_json, const Resolved& resolved);

// Adds the key "orders" to a summary.
std::string WithOrders(const std::string& summary_json, const std::vector<OrderCount>& orders);

}  // namespace hotweave
