// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Shared parts of the commands' output. See show.h.
#include "show.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "artifacts.h"
#include "core/keys.h"
#include "core/objects.h"
#include "lock_order.h"
#include "report/segments.h"
#include "report/story.h"
#include "report/symbolizer.h"

namespace hotweave {

std::string SpecOf(const Resolved& r) {
  return r.profile.name.empty() ? r.target->name : fmt::format("{}@{}", r.target->name, r.profile.name);
}

void DescribeExecution(const Confirmed& c, Summary* s) {
  if (c.result.finding) {
    s->SetFinding(c.finding);
    s->replayed = fmt::format("{}/{}", c.replayed, kReplays);
  }
  s->steps = c.result.steps;
  s->preemptions = c.result.preemptions;
  s->switches = c.result.switches;
  s->tasks = c.result.tasks;
  s->segments = SegmentsOf(c.trace, c.result.finding ? &c.finding : nullptr).size();
  s->trace_hash = c.trace.hash;
}

ReportContext ContextOf(const CommonOptions& common, const Resolved& resolved, const Confirmed& confirmed) {
  ReportContext context;
  context.target = resolved.target->name;
  context.profile = resolved.profile.name;
  context.replayed = fmt::format("{}/{}", confirmed.replayed, kReplays);
  context.segments = DescribeSegments(confirmed.trace, &confirmed.finding);
  context.width = TerminalWidth();
  context.all = common.all;
  context.colour = isatty(1) && !std::getenv("NO_COLOR");
  context.ascii = AsciiOnly();
  return context;
}

namespace {

// A command about a stored finding, with the options that it was found under.
std::string LineOf(const char* command, const CommonOptions& common, const Resolved& resolved, const std::string& file) {
  const std::string rules = common.lockdep == "auto" ? "" : " --lockdep " + common.lockdep;
  return fmt::format("{} {} {} {}{}{}{}", CommandName(), command, SpecOf(resolved), file, common.no_race ? " --no-race" : "", rules,
                     common.raw_lock_nesting ? " --raw-lock-nesting" : "");
}

}  // namespace

std::string StemOf(const std::string& file) {
  std::string stem = file.substr(file.rfind('/') + 1);
  for (const char* extension : {".sched", ".bin"}) {
    if (stem.ends_with(extension)) stem.resize(stem.size() - std::string_view(extension).size());
  }
  return stem;
}

std::string ReplayLine(const CommonOptions& common, const Resolved& resolved, const std::string& file) {
  return LineOf("replay", common, resolved, file);
}

std::vector<std::string> NextCommands(Done done, const CommonOptions& common, const Resolved& resolved, const std::string& file) {
  const auto line = [&](const char* command) { return LineOf(command, common, resolved, file); };
  std::vector<std::string> out;
  if (done == Done::Page) out.push_back(line("replay"));   // a page may be far from where the finding was seen
  if (done != Done::Words && done != Done::Page) out.push_back(line("explain"));
  if (done != Done::Page) out.push_back(line("explain") + " --format html -o " + StemOf(file) + ".html");
  if (done != Done::Minimize) out.push_back(line("minimize") + " -o " + StemOf(file) + ".min.sched");
  out.push_back(line("replay") + " --gdb");
  if (done == Done::Words || done == Done::Minimize) out.push_back(line("corpus add"));
  return out;
}

// The first of these that is set and not empty decides, as in setlocale().
bool AsciiOnly() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || !*value) continue;
    std::string locale(value);
    std::transform(locale.begin(), locale.end(), locale.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return locale.find("utf-8") == locale.npos && locale.find("utf8") == locale.npos;
  }
  return true;
}

Schedule AnnotatedSchedule(const Confirmed& c) {
  Schedule s = c.schedule;
  for (NamedRecord& r : s.records) {
    for (const Event& e : c.trace.events) {
      if (e.nth != r.record.nth || c.trace.tasks[e.task].name != r.task || OpName(e.op) != r.op) continue;
      if (e.object == Event::kNone || e.stack == Event::kNone) continue;
      const TraceObject& o = c.trace.objects[e.object];
      if (KeyOf(e.op, ObjectKey(o.name, e.offset)) != r.record.key) continue;
      const bool lock = ClassOf(e.op) == OpClass::Lock || ClassOf(e.op) == OpClass::Unlock || e.op == Op::Blocked;
      const std::string field = lock ? LockName(c.trace, e.text, e.object, e.offset, Symbolizer::Get())
                                     : Symbolizer::Get().ShortField(o, e.offset);
      const Stack& stack = c.trace.stacks[e.stack];
      r.comment = stack.empty() ? field : fmt::format("{} in {}", field, ShortPlace(TargetFrame(stack, Symbolizer::Get())));
      break;
    }
  }
  return s;
}

std::string ConfirmLevel(const CommonOptions& common, const RunOptions& options, uint64_t seed,
                         const std::string& directory, Confirmed* found) {
  Finding& f = found->finding;
  if (!IsAboutLockOrder(f) || common.confirm == 0) return "";
  const LockOrderVerdict v = ConfirmLockOrder(options, f, common.confirm, seed);
  f.confirmation = v.confirmation;
  f.confirmation_details = v.details;
  if (!v.deadlock || directory.empty()) return "";
  return WriteArtifacts(directory, AnnotatedSchedule(*v.deadlock)).sched;
}

std::string FullTrace(const Trace& trace) {
  StoryOptions options;
  options.all = true;
  std::string out;
  for (const StoryRow& row : TellStory(trace, Finding{}, options, Symbolizer::Get())) {
    const std::string task = row.kind == StoryRow::Kind::Event ? trace.tasks[row.task].name : "--";
    out += fmt::format("{:<12} {:<60} {}\n", task, row.what, row.where);
  }
  return out;
}

std::vector<OrderLine> OrderLines(const std::vector<OrderCount>& orders) {
  std::vector<OrderLine> lines;
  for (const OrderCount& o : orders) {
    uint32_t offset;
    const TraceObject object = ResolveObject(o.address, &offset);
    const std::string place = Symbolizer::Get().ShortField(object, offset);
    const bool swap = o.then < o.first;
    const std::string& a = swap ? o.then : o.first;
    const std::string& b = swap ? o.first : o.then;

    auto it = std::find_if(lines.begin(), lines.end(),
                           [&](const OrderLine& l) { return l.place == place && l.a == a && l.b == b; });
    if (it == lines.end()) it = lines.insert(it, {place, a, b, 0, 0});
    (swap ? it->backward : it->forward) += o.count;
  }
  std::erase_if(lines, [](const OrderLine& l) { return l.a == "init" || l.b == "init"; });
  return lines;
}

std::vector<const hotweave_history_row*> LeftOut(const Resolved& resolved) {
  std::vector<const hotweave_history_row*> rows;
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_rows; ++i) {
    if (h->rows[i].left_out && !resolved.profile.rows[i]) rows.push_back(&h->rows[i]);
  }
  return rows;
}

std::string WithLeftOut(const std::string& summary_json, const Resolved& resolved) {
  auto json = nlohmann::ordered_json::parse(summary_json);
  json["left_out"] = nlohmann::ordered_json::array();
  for (const hotweave_history_row* row : LeftOut(resolved)) json["left_out"].push_back(row->commit);
  return json.dump() + "\n";
}

std::string WithOrders(const std::string& summary_json, const std::vector<OrderCount>& orders) {
  auto json = nlohmann::ordered_json::parse(summary_json);
  auto list = nlohmann::ordered_json::array();
  for (const OrderLine& l : OrderLines(orders)) {
    list.push_back({{"place", l.place}, {"first", l.a}, {"then", l.b}, {"count", l.forward}});
    list.push_back({{"place", l.place}, {"first", l.b}, {"then", l.a}, {"count", l.backward}});
  }
  json["orders"] = list;
  return json.dump() + "\n";
}

}  // namespace hotweave
