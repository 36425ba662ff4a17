// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See regress.h.
#include "regress.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "behaviour.h"
#include "cli.h"
#include "confirm.h"
#include "core/internal.h"
#include "divergence.h"
#include "jobs.h"
#include "report/symbolizer.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

using Json = nlohmann::json;

constexpr const char* kJudgementNames[] = {"ok", "stale", "gone", "other", "limit", "unreadable", "internal", "not-run"};
static_assert(std::size(kJudgementNames) == kJudgements);

// What is to be executed, and how. Options point at the profile: it stays where it is.
struct Loaded {
  Stored stored;
  Resolved resolved;
  RunOptions options;
  bool elsewhere = false;   // under another profile than the one it was taken from: the trace is another one
};

std::string TargetOf(const CorpusFile& file, const Stored& stored) {
  if (!file.target.empty()) return file.target;
  if (stored.schedule && !stored.schedule->target.empty()) return stored.schedule->target;
  throw std::runtime_error(file.path + ": names no target (a line \"target: NAME\"), and its folder does not either");
}

void Load(const CorpusFile& file, const RegressOptions& o, Loaded* l) {
  l->stored = LoadStored(file.path);
  CommonOptions common;
  common.max_steps = o.max_steps;
  common.target = TargetOf(file, l->stored);
  const Schedule* s = l->stored.schedule ? &*l->stored.schedule : nullptr;
  const std::string profile = !o.profile.empty() ? o.profile : s ? s->profile : "";
  if (!profile.empty()) common.target += "@" + profile;
  try {
    l->resolved = Resolve(common);
  } catch (const std::exception& e) {
    throw std::runtime_error(fmt::format("{}: {}", file.path, e.what()));
  }
  l->options = OptionsOf(l->stored, l->resolved, common);
  l->options.profile = &l->resolved.profile;
  l->elsewhere = s && profile != s->profile;
  if (!s || o.expect != "pass") return;
  l->stored.schedule->expect_kind.clear();
  l->stored.schedule->expect_fingerprint.clear();
}

Confirmed RunTraced(const Loaded& l) {
  Confirmed c;
  c.result = RunInput(l.options, l.stored.input, &c.trace, &c.schedule);
  if (c.result.finding) c.finding = *c.result.finding;
  return c;
}

void Describe(const Confirmed& c, Judged* j) {
  j->trace_hash = c.trace.hash;
  j->order = OrderOf(c.trace, c.result.finding ? &c.finding : nullptr);
  j->departures = static_cast<uint32_t>(c.schedule.records.size() + c.schedule.choices.size());
  j->switches = static_cast<uint32_t>(c.result.switches);
  j->hand_overs = HandOversOf(c.trace);
  j->observed = c.result.verdict == VerdictKind::OutOfBudget ? "limit" : "pass";
  if (!c.result.finding) return;
  j->observed = c.finding.fingerprint;
  j->observed_kind = KindName(c.finding.kind);
}

// Ten times more, as for every finding that is reported.
void Repeat(const Loaded& l, const Confirmed& first) {
  if (first.result.finding) {
    Confirm(l.options, l.stored.input, false);
    return;
  }
  for (uint32_t i = 0; i < kReplays; ++i) {
    if (RunTraced(l).trace.hash != first.trace.hash) {
      InternalError("two executions of one input differ: the target or the engine is nondeterministic");
    }
  }
}

void Compare(const Loaded& l, const Confirmed& c, Judged* j) {
  if (c.result.verdict == VerdictKind::OutOfBudget) {
    j->judgement = Judgement::Limit;
    j->note = fmt::format("ended at a limit: {}", c.result.budget_reason);
    return;
  }
  if (!l.stored.schedule) {
    j->judgement = Judgement::Ok;
    j->note = "bytes expect nothing: executed to see that the engine holds";
    return;
  }
  const Schedule& stored = *l.stored.schedule;
  j->expected = stored.expect_kind.empty() ? "pass" : stored.expect_fingerprint.empty() ? stored.expect_kind : stored.expect_fingerprint;
  if (IsAsExpected(c.result, stored)) {
    const auto difference = l.elsewhere ? std::nullopt : FirstDifference(stored, c.schedule, c.trace);
    j->judgement = difference ? Judgement::Stale : Judgement::Ok;
    if (difference) j->note = difference->text;
    return;
  }
  j->judgement = c.result.finding ? Judgement::Other : Judgement::Gone;
  j->note = fmt::format("expected {}, {}", j->expected, c.result.finding ? "leads to " + j->observed : "passes");
}

// ---- Between processes ---------------------------------------------------------------------------------

std::string Pack(const Judged& j) {
  const Json json = {{"target", j.file.target},    {"profile", j.profile},
                     {"judgement", static_cast<int>(j.judgement)},
                     {"expected", j.expected},     {"observed", j.observed},
                     {"kind", j.observed_kind},    {"note", j.note},
                     {"trace_hash", j.trace_hash}, {"order", j.order},
                     {"departures", j.departures}, {"switches", j.switches},
                     {"hand_overs", j.hand_overs}, {"renewed", j.renewed}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Unpack(const std::string& text, Judged* j) {
  const Json json = Json::parse(text);
  j->file.target = json.at("target");
  j->profile = json.at("profile");
  j->judgement = static_cast<Judgement>(json.at("judgement").get<int>());
  j->expected = json.at("expected");
  j->observed = json.at("observed");
  j->observed_kind = json.at("kind");
  j->note = json.at("note");
  j->trace_hash = json.at("trace_hash");
  j->order = json.at("order");
  j->departures = json.at("departures");
  j->switches = json.at("switches");
  j->hand_overs = json.at("hand_overs").get<std::vector<uint64_t>>();
  j->renewed = json.at("renewed");
}

// The line that says why a process ended: the last one that it wrote.
std::string LastWords(const JobResult& r) {
  const size_t end = r.errors.find_last_not_of('\n');
  const size_t start = end == r.errors.npos ? r.errors.npos : r.errors.find_last_of('\n', end);
  const std::string line = end == r.errors.npos ? "" : r.errors.substr(start + 1, end - start);
  if (r.status > 128) return fmt::format("killed by signal {}{}{}", r.status - 128, line.empty() ? "" : ": ", line);
  return line.empty() ? fmt::format("ended with status {}", r.status) : line;
}

Judged Received(const CorpusFile& file, const JobResult& r) {
  Judged j;
  j.file = file;
  if (r.ran && r.status == 0) {
    Unpack(r.output, &j);
  } else if (r.ran) {
    j.judgement = Judgement::Internal;
    j.note = LastWords(r);
  }
  j.seconds = r.seconds;
  return j;
}

}  // namespace

std::string JudgementName(Judgement judgement) { return kJudgementNames[static_cast<size_t>(judgement)]; }

Judged Judge(const CorpusFile& file, const RegressOptions& o) {
  Judged j;
  j.file = file;
  Loaded l;
  try {
    Load(file, o, &l);
  } catch (const std::exception& e) {
    j.judgement = Judgement::Unreadable;
    j.note = e.what();
    return j;
  }
  j.file.target = l.resolved.target->name;
  j.profile = l.resolved.profile.name;
  const Confirmed c = RunTraced(l);
  Describe(c, &j);
  Compare(l, c, &j);
  if (j.judgement == Judgement::Ok || j.judgement == Judgement::Stale) Repeat(l, c);
  if (o.exact && j.judgement != Judgement::Limit) j.renewed = FormatSchedule(AnnotatedSchedule(c));
  return j;
}

std::vector<Judged> JudgeAll(const std::vector<CorpusFile>& files, const RegressOptions& o,
                             const std::function<void(const Judged&)>& done) {
  Symbolizer::Get().HasDebugInfo();   // loads it, once for all processes
  const auto results = RunJobs(
      files.size(), o.jobs, [&](size_t i) { return Pack(Judge(files[i], o)); },
      [&](size_t i, const JobResult& r) {
        if (done) done(Received(files[i], r));
      });
  std::vector<Judged> out;
  for (size_t i = 0; i < files.size(); ++i) out.push_back(Received(files[i], results[i]));
  return out;
}

}  // namespace hotweave
