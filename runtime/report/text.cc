// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See text.h.
#include "report/text.h"

#include <algorithm>

#include "report/events.h"
#include "report/held_locks.h"
#include "report/story.h"
#include "report/table.h"

namespace hotweave {
namespace {

constexpr size_t kMostFrames = 8, kMostSiteFrames = 3, kMostRows = 20;

std::string Place(const Frame& frame) {
  std::string out = frame.function;
  if (frame.file.empty()) return out;
  out += " " + frame.file;
  if (frame.line) out += ":" + std::to_string(frame.line);
  if (frame.line && frame.column) out += ":" + std::to_string(frame.column);
  return out;
}

class Text {
 public:
  Text(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols) {}

  std::string Render() {
    Headline();
    Sentence();
    for (size_t i = 0; i < finding_.sites.size(); i++) SiteLines(i);
    Details();
    LockOrder();
    Table();
    Footer();
    return std::move(out_);
  }

 private:
  void Line(const std::string& line) { out_ += line + "\n"; }

  void Headline() {
    const std::string line =
        "ASSERTION FAILED: " + std::string(KindName(finding_.kind)) + ": " + finding_.title;
    Line(context_.colour ? "\033[1;31m" + line + "\033[0m" : line);
    if (!finding_.sites.empty()) out_ += SanitizerStack(StackOf(finding_.sites[0]), symbols_);
    Line("DEDUP_TOKEN: " + finding_.fingerprint);
  }

  Stack StackOf(const Site& site) const {
    return site.stack < trace_.stacks.size() ? trace_.stacks[site.stack] : Stack();
  }

  void Sentence() {
    Line("");
    const std::string sentence =
        finding_.sentence.empty() ? std::string(KindRule(finding_.kind)) : finding_.sentence;
    for (const std::string& line : WrapWords(sentence, std::max<size_t>(context_.width, 40))) Line(line);
  }

  void LockOrder() {
    if (finding_.level.empty()) return;
    Line("");
    Line(finding_.level == "faithful" ? "level:        faithful: the kernel's lockdep would print this"
                                      : "level:        feasible: no lock keeps these acquisitions apart");
    if (!finding_.confirmation.empty()) Line("confirmation: " + finding_.confirmation);
  }

  void Details() {
    if (!finding_.details.empty()) Line("");
    for (const std::string& line : finding_.details) Line(line);
  }

  std::string TaskName(uint32_t task) const {
    return task < trace_.tasks.size() ? trace_.tasks[task].name : "?";
  }

  // "write by online, holding mem_hotplug_lock (write):", then where, for all but the first site, whose
  // stack stands at the top.
  void SiteLines(size_t i) {
    const Site& site = finding_.sites[i];
    Line(site.role + " by " + TaskName(site.task) + Values(site) + Holding(site) + (i == 0 ? "" : ":"));
    if (i == 0) return;
    const std::vector<Frame> frames = TargetFrames(StackOf(site), symbols_);
    for (size_t k = 0; k < std::min(frames.size(), kMostSiteFrames); k++) Line("    in " + Place(frames[k]));
  }

  // Of a race: what was there, and what the access made of it: " = 1 (was 0)".
  std::string Values(const Site& site) const {
    if (finding_.kind != Kind::DataRace || site.event >= trace_.events.size()) return "";
    return EventTeller(trace_, finding_, false, symbols_).Values(site.event);
  }

  // Empty if it is not known.
  std::string Holding(const Site& site) const {
    if (site.event >= trace_.events.size() || site.task >= trace_.tasks.size()) return "";
    HeldLocks held(trace_);
    for (uint32_t i = 0; i <= site.event; i++) held.Feed(i);
    std::string list;
    for (const HeldLock& h : held.Held(site.task)) {
      list += (list.empty() ? "" : ", ") + LockName(trace_, h.name, h.object, h.offset, symbols_);
      if (*h.mode) list += std::string(" (") + h.mode + ")";
    }
    return ", holding " + (list.empty() ? "no lock" : list);
  }

  void Table() {
    StoryOptions options;
    options.all = context_.all;
    options.ascii = context_.ascii;
    options.max_rows = kMostRows;
    const std::string table =
        RenderTable(TellStory(trace_, finding_, options, symbols_), trace_, context_.width);
    if (!table.empty()) out_ += "\n" + table;
  }

  void Footer() {
    Line("");
    Found();
    if (!context_.replayed.empty()) Line("replayed " + context_.replayed);
    if (!context_.segments.empty()) Line(context_.segments);
    for (const std::string& file : context_.artifacts) Line("written: " + file);
    for (const std::string& command : context_.commands) Line("next:    " + command);
  }

  void Found() {
    std::string line = context_.target;
    if (!context_.profile.empty()) line += "@" + context_.profile;
    if (!context_.strategy.empty())
      line += ": strategy " + context_.strategy + ", seed " + std::to_string(context_.seed);
    if (context_.executions) line += ", execution " + std::to_string(context_.executions);
    if (!line.empty()) Line(line);
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  std::string out_;
};

}  // namespace

std::string SanitizerStack(const Stack& stack, SymbolSource& symbols) {
  std::string out;
  const std::vector<Frame> frames = TargetFrames(stack, symbols);
  for (size_t i = 0; i < std::min(frames.size(), kMostFrames); i++)
    out += "    #" + std::to_string(i) + " 0x0 in " + Place(frames[i]) + "\n";
  return out;
}

std::string TextReport(const Trace& trace, const Finding& finding, const ReportContext& context,
                       SymbolSource& symbols) {
  return Text(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
