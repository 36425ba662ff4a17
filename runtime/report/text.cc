// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See text.h. The report is put together in full, and again with less of what matters least until it has no more than
// kMostLines lines.
#include "report/text.h"

#include <algorithm>

#include "report/events.h"
#include "report/lock_lines.h"
#include "report/sites.h"
#include "report/story.h"
#include "report/table.h"

namespace hotweave {
namespace {

constexpr size_t kMostFrames = 8, kMostRows = 24, kLeastWidth = 40;

// How much of everything there is.
struct Limits {
  size_t frames = kMostFrames;   // of the first stack
  size_t site_frames = 4;        // of the others
  size_t rows = kMostRows;       // of the table
  size_t commands = 0;           // of those to type next
  bool graph = true;             // who waits for whom
  bool held_places = true;       // where held locks were taken
  bool short_sites = false;      // one line for each place of the finding
  bool scenario = true;          // of a lock report
  bool short_edges = false;      // of a lock report: one line each
};

std::string Place(const Frame& frame) {
  std::string out = frame.function;
  if (frame.file.empty()) return out;
  out += " " + frame.file;
  if (frame.line) out += ":" + std::to_string(frame.line);
  if (frame.line && frame.column) out += ":" + std::to_string(frame.column);
  return out;
}

std::string Stack8(const Stack& stack, size_t most, SymbolSource& symbols) {
  std::string out;
  const std::vector<Frame> frames = TargetFrames(stack, symbols);
  for (size_t i = 0; i < std::min(frames.size(), most); i++)
    out += "    #" + std::to_string(i) + " 0x0 in " + Place(frames[i]) + "\n";
  return out;
}

size_t Lines(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

class Text {
 public:
  Text(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols), sites_(trace, finding, symbols) {
    StoryOptions options;
    options.all = context_.all;
    options.ascii = context_.ascii;
    options.max_rows = ~size_t{0};
    story_ = TellStory(trace_, finding_, options, symbols_);
  }

  std::string Render() {
    Limits limits;
    limits.commands = context_.commands.size();
    if (HasEdges()) limits.frames = 4;   // the edges have their own
    std::string out = With(limits);
    for (size_t step = 0; !context_.all && Lines(out) - explained_ > kMostReportLines && Less(&limits, &step);)
      out = With(limits);
    return out;
  }

 private:
  // Takes away what matters least; false if there is nothing left to take.
  bool Less(Limits* l, size_t* step) const {
    auto rows_to = [&](size_t least) {
      l->rows = std::min(l->rows, story_.size());
      if (l->rows <= least) return false;
      --l->rows;
      return true;
    };
    for (;; ++*step) switch (*step) {
        case 0: if (l->frames > 5) return --l->frames, true; break;
        case 1: if (rows_to(12)) return true; break;
        case 2: if (l->frames > 3) return --l->frames, true; break;
        case 3: if (l->site_frames > 3) return --l->site_frames, true; break;
        case 4: if (l->graph) return l->graph = false, true; break;
        case 5: if (!l->short_sites && finding_.sites.size() > 3) return l->short_sites = true, true; break;
        case 6: if (rows_to(HasEdges() ? 0 : 8)) return true; break;
        case 7: if (l->held_places) return l->held_places = false, true; break;
        case 8: if (l->site_frames > 2) return --l->site_frames, true; break;
        case 9:
          if (l->commands > 3) return --l->commands, true;
          if (!l->short_edges) return l->short_edges = true, true; break;
        case 10: if (rows_to(0)) return true; break;
        case 11: if (l->commands > 2) return --l->commands, true; break;
        case 12: if (l->scenario) return l->scenario = false, true; break;
        case 13: if (l->site_frames > 0) return --l->site_frames, true; break;
        default: return false;
      }
  }

  std::string With(const Limits& limits) {
    limits_ = limits;
    out_.clear();
    explained_ = 0;
    Headline();
    Sentence();
    if (HasEdges()) {
      LockReport();
    } else {
      for (size_t i = 0; i < finding_.sites.size(); i++) SiteLines(i);
    }
    Details();
    Level();
    Table();
    Explanation();
    Footer();
    return out_;
  }

  bool HasEdges() const {
    return !finding_.locks.edges.empty() && finding_.locks.shape != hotweave::LockReport::Shape::Usage;
  }

  void Line(const std::string& line) { out_ += line + "\n"; }

  // Wrapped and indented; `first` stands in the indentation of the first line.
  void Wrapped(const std::string& text, size_t indent, const std::string& first = "") {
    std::string start = first;
    start.append(indent - std::min(indent, DisplayWidth(first)), ' ');
    for (const std::string& line : WrapWords(text, std::max(context_.width, kLeastWidth) - indent)) {
      Line(start + line);
      start.assign(indent, ' ');
    }
  }

  // Wrapped; what follows the first line is indented.
  void Hanging(const std::string& text) {
    std::string start;
    for (const std::string& line : WrapWords(text, std::max(context_.width, kLeastWidth) - 4)) {
      Line(start + line);
      start = "    ";
    }
  }

  std::string Coloured(const char* code, const std::string& text) const {
    return context_.colour ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
  }

  void Headline() {
    Line(Coloured("1;31", "ASSERTION FAILED: " + std::string(KindName(finding_.kind)) + ": " + finding_.title));
    if (!finding_.sites.empty()) out_ += Stack8(TopStack(), limits_.frames, symbols_);
    Line("DEDUP_TOKEN: " + finding_.fingerprint);
  }

  // Where the finding was made; if that has no place (a task's end), where the last lock was taken that it held.
  Stack TopStack() const {
    const Stack stack = sites_.StackOf(0);
    bool known;
    const std::vector<HeldLock>& held = sites_.Held(0, &known);
    if (!stack.empty() || held.empty()) return stack;
    const uint32_t taken = sites_.StackOfLock(held.back());
    return taken < trace_.stacks.size() ? trace_.stacks[taken] : stack;
  }

  void Sentence() {
    Line("");
    const std::string rule(KindRule(finding_.kind));
    Wrapped(finding_.sentence.empty() ? rule : finding_.sentence, 0);
    if (!finding_.sentence.empty() && !rule.empty()) Wrapped(rule, 6, "rule:");
  }

  // "write by online = 16 (was 8)", then where (but for the first site, whose stack stands at the top) and what it holds.
  void SiteLines(size_t i) {
    const SiteText text = sites_.Describe(i, limits_.site_frames, limits_.held_places && !limits_.short_sites);
    if (limits_.short_sites) return Hanging(text.who + " " + text.Short());
    Line(Coloured("1", text.who));
    if (i > 0 && !text.at.empty()) Wrapped(text.at, 10, "    at");
    if (!text.holds.empty()) Wrapped(text.holds, 10, "    holds");
  }

  void LockReport() {
    Line("");
    if (!finding_.locks.headline.empty()) Line(Coloured("1", finding_.locks.headline));
    for (const std::string& line : EdgeLines(trace_, finding_.locks, limits_.site_frames, limits_.short_edges, symbols_)) Line(line);
    for (size_t i = 0; i < finding_.sites.size(); i++)
      if (IsUsageSite(finding_.sites[i])) UsageLine(sites_.Describe(i, limits_.site_frames, false));
    Scenario();
  }

  void UsageLine(const SiteText& text) { Line("  " + text.who + (text.at.empty() ? "" : ", at " + text.at)); }

  void Scenario() {
    const std::vector<std::string> lines = ScenarioLines(finding_.locks, finding_.names);
    if (lines.empty()) return;
    if (!limits_.scenario) return Line("(the scenario in columns: --all)");
    for (const std::string& line : lines) Line(line);
  }

  void Details() {
    if (!HasEdges() && !ScenarioLines(finding_.locks, finding_.names).empty()) {
      Line("");
      Line(Coloured("1", finding_.locks.headline));
      Scenario();
    }
    const bool told = finding_.locks.shape != hotweave::LockReport::Shape::None || finding_.kind == Kind::Deadlock ||
                      finding_.kind == Kind::RecursiveLock;
    if (finding_.details.empty() || (!context_.all && (told || !limits_.graph))) return;
    Line("");
    for (const std::string& line : finding_.details) Wrapped(line, line.find_first_not_of(' ') + 0, "");
  }

  void Level() {
    if (finding_.level.empty()) return;
    Line("");
    Line(finding_.level == "faithful" ? "level:        faithful: the kernel's lockdep would print this"
                                      : "level:        feasible: no lock keeps these acquisitions apart");
    if (finding_.confirmation.empty()) return;
    Line(Coloured("1", "confirmation: " + finding_.confirmation));
    for (const std::string& line : finding_.confirmation_details) Wrapped(line, 14);
  }

  void Table() {
    if (story_.empty()) return;
    if (limits_.rows == 0) return Line("\n(" + std::to_string(story_.size()) + " rows of the story: --all)");
    const std::vector<StoryRow> rows = context_.all ? story_ : ShortenStory(story_, limits_.rows);
    out_ += "\n" + RenderTable(rows, trace_, context_.width, context_.colour);
  }

  void Explanation() {
    if (context_.explanation.empty()) return;
    const size_t before = Lines(out_);
    Line("");
    for (size_t i = 0; i < context_.explanation.size(); i++) Wrapped(context_.explanation[i], 3, std::to_string(i + 1) + ".");
    explained_ = Lines(out_) - before;
  }

  void Footer() {
    Line("");
    if (const std::string found = Found(); !found.empty()) Wrapped(found, 9, "of:");
    Files();
    for (size_t i = 0; i < limits_.commands; i++)
      Line((i == 0 ? "next:    " : "         ") + context_.commands[i]);
  }

  bool IsInACommand(const std::string& file) const {
    return std::any_of(context_.commands.begin(), context_.commands.end(),
                       [&](const std::string& c) { return c.find(" " + file) != c.npos; });
  }

  // Unless the commands name them all.
  void Files() {
    if (std::all_of(context_.artifacts.begin(), context_.artifacts.end(), [&](const std::string& f) { return IsInACommand(f); })) return;
    std::string files;
    for (const std::string& file : context_.artifacts) files += (files.empty() ? "" : ", ") + file;
    if (!files.empty()) Wrapped(files, 9, "written:");
  }

  // What was run, how often it gave the same, and how the tasks took turns.
  std::string Found() const {
    std::string line = context_.target;
    if (!context_.profile.empty()) line += "@" + context_.profile;
    if (!context_.strategy.empty())
      line += ", strategy " + context_.strategy + ", seed " + std::to_string(context_.seed);
    if (context_.executions) line += ", execution " + std::to_string(context_.executions);
    if (!context_.replayed.empty()) line += (line.empty() ? "replayed " : "; replayed ") + context_.replayed;
    if (!context_.segments.empty()) line += (line.empty() ? "" : "; ") + context_.segments;
    return line;
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  SiteTeller sites_;
  std::vector<StoryRow> story_;   // all rows
  Limits limits_;
  size_t explained_ = 0;          // lines of the explanation, which do not count
  std::string out_;
};

}  // namespace

std::string SanitizerStack(const Stack& stack, SymbolSource& symbols) { return Stack8(stack, kMostFrames, symbols); }

std::string TextReport(const Trace& trace, const Finding& finding, const ReportContext& context,
                       SymbolSource& symbols) {
  return Text(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
