// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave regress`: do the stored executions still lead where they say? See cli.h, regress.h.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "artifacts.h"
#include "cli.h"
#include "core/internal.h"
#include "jobs.h"
#include "junit.h"
#include "progress.h"
#include "regress.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

struct Selection {
  std::vector<CorpusFile> files;
  std::vector<std::string> unknown;   // folders of targets that this program does not have
};

Selection Select(const RegressCommand& c) {
  Selection s;
  for (const std::string& path : c.paths) {
    if (std::filesystem::is_directory(path)) {
      CorpusFiles found = ListCorpus(path);
      s.files.insert(s.files.end(), found.files.begin(), found.files.end());
      s.unknown.insert(s.unknown.end(), found.unknown.begin(), found.unknown.end());
    } else if (std::filesystem::exists(path)) {
      s.files.push_back(CorpusFileAt(path));
    } else {
      throw std::runtime_error(path + ": there is no such file or folder");
    }
  }
  std::erase_if(s.files, [&](const CorpusFile& f) { return f.name.find(c.only) == f.name.npos; });
  if (!s.files.empty()) return s;
  const std::string where = fmt::format("{}", fmt::join(c.paths, " "));
  if (!c.only.empty()) throw std::runtime_error(fmt::format("{}: no stored execution has \"{}\" in its name", where, c.only));
  throw std::runtime_error(where + ": holds no stored executions of this program's targets");
}

RegressOptions OptionsOf(const RegressCommand& c) {
  RegressOptions o;
  o.profile = c.profile;
  o.expect = c.expect;
  o.max_steps = c.max_steps;
  o.exact = c.renew;
  o.jobs = c.jobs ? c.jobs : Processors();
  return o;
}

bool Disagrees(const RegressCommand& c, const Judged& j) {
  switch (j.judgement) {
    case Judgement::Ok: return false;
    case Judgement::Stale: return c.strict;
    default: return true;
  }
}

size_t CountOf(const std::vector<Judged>& all, Judgement judgement) {
  return static_cast<size_t>(std::count_if(all.begin(), all.end(), [&](const Judged& j) { return j.judgement == judgement; }));
}

// ---- --renew -------------------------------------------------------------------------------------------

std::string KindOf(const std::string& fingerprint) { return fingerprint.substr(0, fingerprint.find(':')); }

// It still leads to a finding of the same kind: perhaps by another fingerprint, as when functions were renamed.
bool MayRenew(const Judged& j) {
  if (j.renewed.empty() || j.expected.empty()) return false;
  if (j.judgement == Judgement::Ok || j.judgement == Judgement::Stale) return true;
  return j.judgement == Judgement::Other && j.observed_kind == KindOf(j.expected);
}

void Renew(std::vector<Judged>* all) {
  for (Judged& j : *all) {
    if (!MayRenew(j)) continue;
    const bool same = ReadFile(j.file.path) == j.renewed;
    if (!same) WriteNamedFile(j.file.path, j.renewed, true);
    const bool moved = j.judgement == Judgement::Other;
    j.note = same ? "" : moved ? "renewed: now " + j.observed : "renewed";
    j.judgement = Judgement::Ok;
  }
}

// ---- What is printed -----------------------------------------------------------------------------------

std::string LineOf(const Judged& j) {
  std::string said = j.note;
  // A line about a file that cannot be read begins with its path already.
  if (said.starts_with(j.file.path + ":")) return fmt::format("{:<10} {}", JudgementName(j.judgement), said);
  if (j.judgement == Judgement::Stale) said = fmt::format("{} holds, but {}", j.observed, j.note);
  if (said.empty()) said = j.observed;
  return fmt::format("{:<10} {}: {}", JudgementName(j.judgement), j.file.path, said);
}

std::string SummaryOf(const std::vector<Judged>& all) {
  constexpr const char* kWords[] = {"as expected", "stale but as expected", "finding gone", "other finding", "at a limit",
                                    "unreadable", "engine failed", "not run"};
  std::string out = fmt::format("{} stored executions", all.size());
  for (size_t i = 0; i < kJudgements; ++i) {
    const size_t n = CountOf(all, static_cast<Judgement>(i));
    if (n || i == 0) out += fmt::format("{} {} {}", i ? "," : ":", n, kWords[i]);
  }
  return out;
}

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json JsonOf(const Judged& j) {
  return {{"file", j.file.path},
          {"target", OrNull(j.file.target)},
          {"profile", OrNull(j.profile)},
          {"verdict", JudgementName(j.judgement)},
          {"expected", OrNull(j.expected)},
          {"observed", OrNull(j.observed)},
          {"trace_hash", j.observed.empty() ? Json(nullptr) : Json(fmt::format("{:016x}", j.trace_hash))},
          {"departures", j.observed.empty() ? Json(nullptr) : Json(j.departures)},
          {"note", OrNull(j.note)}};
}

void PrintJson(const RegressCommand& c, const Selection& s, const std::vector<Judged>& all) {
  Json json;
  json["files"] = all.size();
  for (size_t i = 0; i < kJudgements; ++i) json[JudgementName(static_cast<Judgement>(i))] = CountOf(all, static_cast<Judgement>(i));
  json["agree"] = std::none_of(all.begin(), all.end(), [&](const Judged& j) { return Disagrees(c, j); });
  json["unknown_targets"] = s.unknown;
  json["results"] = Json::array();
  for (const Judged& j : all) json["results"].push_back(JsonOf(j));
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void PrintText(const RegressCommand& c, const Selection& s, const std::vector<Judged>& all) {
  for (const Judged& j : all) {
    if (!c.quiet || j.judgement != Judgement::Ok || j.note.starts_with("renewed")) fmt::print("{}\n", LineOf(j));
  }
  if (!s.unknown.empty()) fmt::print("not of this program: {}\n", fmt::join(s.unknown, " "));
  fmt::print("{}\n", SummaryOf(all));
}

JunitCase CaseOf(const RegressCommand& c, const Judged& j) {
  using Outcome = JunitCase::Outcome;
  JunitCase out;
  out.suite = j.file.target.empty() ? "regress" : j.file.target;
  out.name = j.file.name;
  out.seconds = j.seconds;
  out.type = JudgementName(j.judgement);
  out.message = j.note;
  if (Disagrees(c, j)) out.outcome = Outcome::Failure;
  if (j.judgement == Judgement::Unreadable || j.judgement == Judgement::Internal) out.outcome = Outcome::Error;
  if (j.judgement == Judgement::NotRun) out.outcome = Outcome::Skipped, out.message = "stopped by a signal";
  out.output = LineOf(j);
  return out;
}

std::string Junit(const RegressCommand& c, const std::vector<Judged>& all) {
  std::vector<JunitCase> cases;
  for (const Judged& j : all) cases.push_back(CaseOf(c, j));
  return JunitXml("hotweave regress", cases);
}

int StatusOf(const RegressCommand& c, const std::vector<Judged>& all) {
  if (CountOf(all, Judgement::Internal)) return kExitInternal;
  if (CountOf(all, Judgement::Unreadable)) return kExitUsage;
  return std::any_of(all.begin(), all.end(), [&](const Judged& j) { return Disagrees(c, j); }) ? kExitFinding : kExitPass;
}

// Said before minutes of work, not after.
void CheckJunit(const RegressCommand& c) {
  if (c.junit.empty()) return;
  CheckPlace(c.junit);
  if (c.force || !std::filesystem::exists(c.junit)) return;
  throw std::runtime_error(c.junit + ": exists (--force replaces it)");
}

}  // namespace

int RunRegress(const RegressCommand& c) {
  const Selection selection = Select(c);
  CheckJunit(c);
  ProgressLine progress("regress", !c.quiet);
  ProgressState state;
  state.unit = "files";
  state.of = selection.files.size();
  size_t disagree = 0;
  std::vector<Judged> all = JudgeAll(selection.files, OptionsOf(c), [&](const Judged& j) {
    ++state.done;
    disagree += Disagrees(c, j);
    state.note = fmt::format("{} not as expected", disagree);
    if (progress.Due()) progress.Say(state);
  });
  progress.Done();
  if (c.renew) Renew(&all);
  if (!c.junit.empty()) WriteNamedFile(c.junit, Junit(c, all), c.force);
  if (c.json) {
    PrintJson(c, selection, all);
  } else {
    PrintText(c, selection, all);
  }
  return StatusOf(c, all);
}

}  // namespace hotweave
