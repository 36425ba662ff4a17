// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The command line. Exit status everywhere: 0 nothing found within the limits; 1 a finding; 2 the command
// line or a file is wrong (one line says what and where); 3 a single execution ended at its own bound; 70 an
// internal error of hotweave.
#pragma once

#include <string>
#include <vector>

#include <hotweave/run.h>

#include "continue.h"
#include "lock_order.h"

namespace hotweave {

inline constexpr int kExitPass = 0, kExitFinding = 1, kExitUsage = 2, kExitBound = 3;

int CliMain(int argc, char** argv);

// Options that several commands share.
struct CommonOptions {
  std::string target;        // NAME[@PROFILE[-COMMIT]…]
  bool no_race = false;
  bool json = false;
  bool all = false;          // every event in the report
  std::string model = "sc";
  std::string lockdep = "auto";   // old, new, off; auto: by the profile's kernel version
  bool raw_lock_nesting = false;
  uint64_t confirm = kConfirmRuns;  // executions spent on a report about lock order (lock_order.h)
  uint64_t max_steps = 1'000'000;
};

struct FuzzCommand {
  CommonOptions common;
  double seconds = -1;       // < 0: not given
  uint64_t runs = 0;
  unsigned jobs = 1;
  std::string strategy = "mix";   // of RandomStrategies(), or guided
  uint64_t seed = 1;
  std::string until;         // the start of a fingerprint
  std::string corpus, artifacts = "artifacts";
  bool quiet = false;
};
int RunFuzz(const FuzzCommand& command);

struct ReplayCommand {
  CommonOptions common;
  std::string file;
  std::string output;        // where the exact schedule goes; "": nowhere
  std::string svg;           // where the picture of the finding goes; "": nowhere
  std::string gdb;           // "": without gdb; else as in gdb.h
  bool trace = false, shrink = false, force = false;
  bool keep_on = false;      // --continue: search on from where a stale schedule differs
  uint64_t runs = kContinueRuns;
};
int RunReplay(const ReplayCommand& command);

struct ConvertCommand {
  CommonOptions common;
  std::string file, output;   // by its name `output` is text (.sched) or bytes
  bool force = false;
};
int RunConvert(const ConvertCommand& command);

struct ExplainCommand {
  CommonOptions common;
  std::string file;
  std::string format = "text";   // of ExplainFormats()
  std::string output;            // "": standard output
  bool force = false;            // `output` may replace a file
};
int RunExplain(const ExplainCommand& command);
// Names of the forms in which a finding can be shown: "text" …
std::vector<std::string> ExplainFormats();

struct MinimizeCommand {
  CommonOptions common;
  std::string file;
  std::string output;        // where the result goes; "": a file of its own in `artifacts`
  std::string artifacts = "artifacts";
  double seconds = 0;        // 0: no limit
  uint64_t runs = 0;         // likewise
  bool force = false, quiet = false;
};
int RunMinimize(const MinimizeCommand& command);

struct HistoryCommand {
  bool markdown = false, json = false, quiet = false;
  double seconds = 0;
  uint64_t runs = 0, confirm = 0;   // 0: the default
  std::string only, change, corpus = "corpus";
};
int RunHistory(const HistoryCommand& command);

struct AuditCommand {
  std::vector<std::string> targets;   // NAME[@PROFILE[-COMMIT]…]
  std::string all;                    // a profile: all targets under it
  uint64_t runs = 500, seed = 1;      // executions of each target
  std::vector<std::string> locks{"cpu_hotplug", "mem_hotplug"};   // beginnings of names
  bool markdown = false, json = false;
};
int RunAudit(const AuditCommand& command);

struct RegressCommand {
  std::vector<std::string> paths{"corpus"};   // a corpus, or files of one
  unsigned jobs = 0;         // 0: as many as there are processors
  std::string only;          // a part of the names that count
  std::string profile;       // instead of each file's own
  std::string expect;        // "pass": instead of each file's own
  std::string junit;         // where JUnit's XML goes; "": nowhere
  uint64_t max_steps = 1'000'000;
  bool json = false, strict = false, renew = false, quiet = false, force = false;
};
int RunRegress(const RegressCommand& command);

struct CorpusAddCommand {
  CommonOptions common;
  std::vector<std::string> files;
  std::string corpus = "corpus", name;   // name: of the new file, without its ending; "": from the fingerprint
  bool minimize = false;                 // as `minimize` does, before it is filed
  bool keep_both = false;                // file it though its finding is there under this profile
};
int RunCorpusAdd(const CorpusAddCommand& command);

struct CorpusMergeCommand {
  std::vector<std::string> folders;   // FROM… INTO
  unsigned jobs = 0;                  // 0: as many as there are processors
  bool quiet = false;
};
int RunCorpusMerge(const CorpusMergeCommand& command);

struct CorpusStatsCommand {
  std::string corpus = "corpus";
  unsigned jobs = 0;
  bool json = false;
};
int RunCorpusStats(const CorpusStatsCommand& command);

struct ExploreCommand {
  CommonOptions common;
  int64_t preemptions = -1;  // < 0: no bound
  double seconds = 0;        // 0: no limit
  uint64_t runs = 0;         // 0: no limit
  std::string artifacts = "artifacts";
  bool no_reduction = false, keep_going = false, quiet = false;
};
int RunExplore(const ExploreCommand& command);

struct ListCommand {
  bool json = false;
};
int RunList(const ListCommand& command);

// How a person starts this program: "./hotweave" or the program's own name.
std::string CommandName();
void SetCommandName(const char* argv0);

// Target and profile of a command; throws std::runtime_error with one line.
struct Resolved {
  const hotweave_target* target = nullptr;
  Profile profile;
  RunOptions Options(const CommonOptions& common) const;
};
Resolved Resolve(const CommonOptions& common);

LockdepRules RulesByName(const std::string& name);

// The terminal's width, or 120 if there is none.
size_t TerminalWidth();

}  // namespace hotweave
