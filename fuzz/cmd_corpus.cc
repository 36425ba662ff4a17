// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave corpus add|merge|stats`: the stored executions of a corpus. See cli.h, corpus.h, corpus_merge.h.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "artifacts.h"
#include "campaign.h"
#include "cli.h"
#include "confirm.h"
#include "core/internal.h"
#include "corpus.h"
#include "corpus_merge.h"
#include "jobs.h"
#include "minimize.h"
#include "progress.h"
#include "regress.h"
#include "report/segments.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string NameOf(const Schedule& s) {
  if (s.expect_kind.empty()) return fmt::format("pass-{:08x}", static_cast<uint32_t>(s.trace_hash));
  return FingerprintSlug(s.expect_fingerprint);
}

std::string RoomOf(const std::string& corpus, const Schedule& s) {
  const fs::path folder = fs::path(corpus) / s.target / (s.expect_kind.empty() ? "seeds" : "crashers");
  MakeFolder(folder.string());
  return folder.string();
}

Schedule Parsed(const std::string& file, const std::string& text) {
  Schedule s;
  ParseError error;
  if (ParseSchedule(text, &s, &error)) return s;
  throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, error.line, error.column, error.message));
}

// ---- add -----------------------------------------------------------------------------------------------

// The stored file that says the same: this finding under this profile, or this very pass; "" if there is none.
std::string Duplicate(const std::string& corpus, const Schedule& s) {
  if (!fs::is_directory(corpus)) return "";
  for (const CorpusFile& f : ListCorpus(corpus).files) {
    if (f.target != s.target || !f.path.ends_with(".sched")) continue;
    const Schedule there = Parsed(f.path, ReadFile(f.path));
    if (there.profile != s.profile || there.expect_kind != s.expect_kind) continue;
    const bool same = s.expect_kind.empty() ? there.trace_hash == s.trace_hash : there.expect_fingerprint == s.expect_fingerprint;
    if (same) return f.path;
  }
  return "";
}

// Under the profile of the command, else of the file.
Resolved ResolveFor(const CorpusAddCommand& c, const Stored& stored) {
  CommonOptions common = c.common;
  const bool named = common.target.find('@') != common.target.npos;
  if (!named && stored.schedule && !stored.schedule->profile.empty()) common.target += "@" + stored.schedule->profile;
  return Resolve(common);
}

Confirmed Proven(const RunOptions& options, const Input& input) {
  Confirmed once;
  once.result = RunInput(options, input, &once.trace, &once.schedule);
  if (once.result.finding) return Confirm(options, input, false);
  for (; once.replayed < kReplays && once.result.verdict == VerdictKind::Pass; ++once.replayed) {
    Trace again;
    RunInput(options, input, &again);
    if (again.hash != once.trace.hash) InternalError("two executions of one input differ: the target or the engine is nondeterministic");
  }
  return once;
}

std::string Filed(const CorpusAddCommand& c, const Confirmed& shown) {
  const Schedule s = AnnotatedSchedule(shown);
  const std::string text = FormatSchedule(s), folder = RoomOf(c.corpus, s);
  if (c.name.empty()) return WriteNewFile(fmt::format("{}/{}.sched", folder, NameOf(s)), text);
  const std::string path = fmt::format("{}/{}.sched", folder, c.name);
  WriteNamedFile(path, text, false);
  return path;
}

// Files what was replayed, unless the corpus has it.
int File(const CorpusAddCommand& c, const std::string& file, const Resolved& resolved, const Confirmed& shown) {
  const Finding* finding = shown.result.finding ? &shown.finding : nullptr;
  const std::string what = finding ? finding->fingerprint : "passes";
  const std::string there = c.keep_both ? "" : Duplicate(c.corpus, shown.schedule);
  if (!there.empty()) {
    fmt::print(stderr, "{}: {}: {} ({}) is there already: {} (--keep-both files it all the same)\n", CommandName(), file, what,
               SpecOf(resolved), there);
    return kExitFinding;
  }
  const std::string path = Filed(c, shown);
  fmt::print("{}: {} ({}), {} departures, {}, replayed {}/{}\n", path, what, SpecOf(resolved),
             shown.schedule.records.size() + shown.schedule.choices.size(), DescribeSegments(shown.trace, finding), shown.replayed,
             kReplays);
  return kExitPass;
}

// The simplest execution with its finding; other findings that were met on the way are filed as well, unless they are there.
int AddMinimized(const CorpusAddCommand& c, const std::string& file, const Resolved& resolved, const RunOptions& options,
                 const Input& input) {
  MinimizeOptions limits;
  ProgressLine progress(file, true);
  limits.may_go_on = [&](const MinimizeProgress& p) {
    if (progress.Due()) progress.Say({.done = p.executions, .note = DescribeProgress(p)});
    return !StopRequested();
  };
  const Minimized m = Minimize(options, input, limits);
  progress.Done();
  if (!m.one_minimal) {
    fmt::print(stderr, "{}: {}: stopped by a signal: not filed\n", CommandName(), file);
    return kExitFinding;
  }
  CorpusAddCommand unnamed = c;
  unnamed.name.clear();
  for (const auto& [fingerprint, other] : m.others) {
    const Confirmed shown = Confirm(options, other, true);
    if (Duplicate(c.corpus, shown.schedule).empty()) File(unnamed, file, resolved, shown);
  }
  return File(c, file, resolved, m.confirmed);
}

int AddOne(const CorpusAddCommand& c, const std::string& file) {
  const Stored stored = LoadStored(file);
  const Resolved resolved = ResolveFor(c, stored);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  const Confirmed shown = Proven(options, stored.input);
  if (shown.result.verdict == VerdictKind::OutOfBudget) {
    fmt::print(stderr, "{}: {}: ended at a limit: {}: not filed\n", CommandName(), file, shown.result.budget_reason);
    return kExitBound;
  }
  if (c.minimize && shown.result.finding) return AddMinimized(c, file, resolved, options, stored.input);
  return File(c, file, resolved, shown);
}

// ---- merge ---------------------------------------------------------------------------------------------

// What is stored in a folder: a corpus, files that lie about (artifacts), or both.
std::vector<CorpusFile> StoredIn(const std::string& folder) {
  std::vector<CorpusFile> files = ListCorpus(folder).files;
  std::vector<std::string> loose;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".sched") loose.push_back(entry.path().string());
  }
  std::sort(loose.begin(), loose.end());
  for (const std::string& path : loose) files.push_back({path, path, "", ""});
  return files;
}

// A pass or a finding is what merging asks for, whatever was expected. The worst of the others is the exit status.
int SayProblems(const std::vector<Judged>& all) {
  int status = kExitPass;
  for (const Judged& j : all) {
    if (HasOutcome(j)) continue;
    const bool named = j.note.starts_with(j.file.path + ":");
    fmt::print(stderr, "{}: {}{}\n", CommandName(), named ? "" : j.file.path + ": ", j.note.empty() ? JudgementName(j.judgement) : j.note);
    status = std::max(status, j.judgement == Judgement::Internal ? kExitInternal : kExitUsage);
  }
  return status;
}

std::vector<Judged> JudgeShowing(const std::string& title, bool show, const std::vector<CorpusFile>& files, unsigned jobs, bool exact) {
  RegressOptions o;
  o.exact = exact;
  o.jobs = jobs ? jobs : Processors();
  ProgressLine progress(title, show);
  ProgressState state;
  state.unit = "files";
  state.of = files.size();
  return JudgeAll(files, o, [&](const Judged&) {
    ++state.done;
    if (progress.Due()) progress.Say(state);
  });
}

void Carry(const std::string& into, const MergePlan& plan, const std::vector<Judged>& old, const std::vector<Judged>& from) {
  for (const size_t i : plan.added) {
    const Schedule s = Parsed(from[i].file.path, from[i].renewed);
    const std::string path = WriteNewFile(fmt::format("{}/{}.sched", RoomOf(into, s), NameOf(s)), from[i].renewed);
    fmt::print("added {}: {}, {} departures\n", path, from[i].observed, from[i].departures);
  }
  for (const MergePlan::Replacement& r : plan.replaced) {
    const Judged& was = old[r.into];
    std::string path = was.file.path;
    if (path.ends_with(".sched")) {
      WriteNamedFile(path, from[r.from].renewed, true);
    } else {
      const Schedule s = Parsed(path, from[r.from].renewed);
      path = WriteNewFile(fmt::format("{}/{}.sched", RoomOf(into, s), NameOf(s)), from[r.from].renewed);
    }
    fmt::print("replaced {}: {}, {} departures, {} before\n", path, from[r.from].observed, from[r.from].departures, was.departures);
  }
}

// ---- stats ---------------------------------------------------------------------------------------------

struct Tally {
  std::map<std::string, size_t> rooms, kinds, fingerprints;
  std::vector<uint32_t> departures;
  size_t files = 0, stale = 0, elsewhere = 0;
};

void Count(const Judged& j, Tally* t) {
  ++t->files;
  ++t->rooms[j.file.room];
  t->stale += j.judgement == Judgement::Stale;
  t->elsewhere += j.judgement != Judgement::Ok && j.judgement != Judgement::Stale;
  if (j.observed.empty()) return;
  t->departures.push_back(j.departures);
  ++t->kinds[j.observed_kind.empty() ? j.observed : j.observed_kind];
  if (!j.observed_kind.empty()) ++t->fingerprints[j.observed];
}

// Of an even number the lower one of the middle: always a number of departures that a file has.
std::optional<uint32_t> Median(std::vector<uint32_t> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

Json JsonOf(const std::string& target, const Tally& t) {
  const auto median = Median(t.departures);
  const auto room = [&](const char* name) { return t.rooms.count(name) ? t.rooms.at(name) : 0; };
  return {{"target", target},
          {"files", t.files},
          {"seeds", room("seeds")},
          {"crashers", room("crashers")},
          {"programs", room("programs")},
          {"kinds", t.kinds},
          {"fingerprints", t.fingerprints},
          {"departures_median", median ? Json(*median) : Json(nullptr)},
          {"stale", t.stale},
          {"elsewhere", t.elsewhere}};
}

void PrintTable(const std::map<std::string, Tally>& tallies) {
  size_t width = 6;
  for (const auto& [target, t] : tallies) width = std::max(width, target.size());
  fmt::print("{:<{}}  files  seeds  crashers  programs  fingerprints  departures  stale  elsewhere  kinds\n", "target", width);
  for (const auto& [target, t] : tallies) {
    const Json j = JsonOf(target, t);
    std::string kinds;
    for (const auto& [kind, n] : t.kinds) kinds += fmt::format("{}{}{}", kinds.empty() ? "" : ", ", kind, n > 1 ? fmt::format(" {}", n) : "");
    const auto median = Median(t.departures);
    fmt::print("{:<{}}  {:>5}  {:>5}  {:>8}  {:>8}  {:>12}  {:>10}  {:>5}  {:>9}  {}\n", target, width, t.files,
               j["seeds"].get<size_t>(), j["crashers"].get<size_t>(), j["programs"].get<size_t>(), t.fingerprints.size(),
               median ? fmt::format("{}", *median) : "-", t.stale, t.elsewhere, kinds);
  }
}

}  // namespace

int RunCorpusAdd(const CorpusAddCommand& c) {
  if (!c.name.empty() && c.files.size() > 1) throw std::runtime_error("--name is for one FILE: leave it out, or add them one by one");
  if (c.name.find('/') != c.name.npos) throw std::runtime_error(fmt::format("--name {}: a name, not a path (--corpus is the folder)", c.name));
  int status = kExitPass;
  for (const std::string& file : c.files) status = std::max(status, AddOne(c, file));
  return status;
}

int RunCorpusMerge(const CorpusMergeCommand& c) {
  if (c.folders.size() < 2) throw std::runtime_error("corpus merge FROM... INTO: two folders at least");
  const std::string into = c.folders.back();
  std::vector<CorpusFile> from_files;
  for (size_t i = 0; i + 1 < c.folders.size(); ++i) {
    const auto found = StoredIn(c.folders[i]);
    from_files.insert(from_files.end(), found.begin(), found.end());
  }
  const std::vector<CorpusFile> into_files = fs::exists(into) ? ListCorpus(into).files : std::vector<CorpusFile>{};
  const std::vector<Judged> old = JudgeShowing("merge: what is there", !c.quiet, into_files, c.jobs, true);
  const std::vector<Judged> from = JudgeShowing("merge: what comes", !c.quiet, from_files, c.jobs, true);
  const auto stopped = [](const Judged& j) { return j.judgement == Judgement::NotRun; };
  if (std::any_of(old.begin(), old.end(), stopped) || std::any_of(from.begin(), from.end(), stopped)) {
    fmt::print(stderr, "{}: stopped by a signal: nothing was merged\n", CommandName());
    return kExitFinding;
  }
  const int status = std::max(SayProblems(old), SayProblems(from));
  const MergePlan plan = PlanMerge(old, from);
  Carry(into, plan, old, from);
  fmt::print("{}: {} read, {} added, {} replaced, {} known already\n", into, from.size(), plan.added.size(), plan.replaced.size(), plan.known);
  return status;
}

int RunCorpusStats(const CorpusStatsCommand& c) {
  const CorpusFiles files = ListCorpus(c.corpus);
  std::map<std::string, Tally> tallies;
  for (const Judged& j : JudgeShowing("stats", true, files.files, c.jobs, false)) Count(j, &tallies[j.file.target]);
  if (!c.json) {
    PrintTable(tallies);
    if (!files.unknown.empty()) fmt::print("not of this program: {}\n", fmt::join(files.unknown, " "));
    return kExitPass;
  }
  Json json = {{"corpus", c.corpus}, {"targets", Json::array()}, {"unknown_targets", files.unknown}};
  for (const auto& [target, t] : tallies) json["targets"].push_back(JsonOf(target, t));
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return kExitPass;
}

}  // namespace hotweave
