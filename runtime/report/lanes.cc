// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See lanes.h.
#include "report/lanes.h"

#include <algorithm>
#include <vector>

#include "report/segments.h"
#include "report/story.h"
#include "report/table.h"

namespace hotweave {
namespace {

constexpr size_t kMostRows = 40;        // of the story
constexpr size_t kMostLines = 18;       // of a box
constexpr size_t kWrap = 36;            // characters of a line in a lane
constexpr int kLane = 310, kGap = 14, kMargin = 16, kLine = 17, kPad = 7, kBetween = 12;
constexpr int kTitle = 30, kHead = 30;

std::string Xml(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

struct Line {
  std::string text;
  enum Style { kWhat, kWhere, kWaits } style;
};

// What is told of one event. Of a long box the least important go first.
struct Row {
  std::vector<Line> lines;
  enum Weight { kRelease, kOther, kMatters } weight;
};

// The rows of one segment; those of a task in a row.
struct Box {
  uint32_t task;
  std::vector<Row> rows;
  std::vector<Line> lines;   // of all rows, when the box is folded
};

class Lanes {
 public:
  Lanes(const Trace& trace, const Finding& finding, std::string title, SymbolSource& symbols)
      : trace_(trace), finding_(finding), title_(std::move(title)) {
    StoryOptions options;
    options.max_rows = kMostRows;
    parties_ = PartiesOf(trace, &finding);
    Collect(TellStory(trace, finding, options, symbols));
    DropSetUp(SegmentsOf(trace, &finding).size());
    for (Box& b : boxes_) Fold(&b);
  }

  std::string Render() {
    int y = kTitle + kHead + kMargin;
    std::string body;
    int number = 0, from_x = 0, from_y = 0;
    for (const Box& b : boxes_) {
      const int height = static_cast<int>(b.lines.size()) * kLine + 2 * kPad;
      const int x = X(b.task);
      if (from_y) body += Arrow(from_x, from_y, x + kLane / 2, y);
      body += BoxAt(b, x, y, height);
      if (IsParty(b.task)) body += Number(++number, x, y);
      from_x = x + kLane / 2;
      from_y = y + height;
      y += height + kBetween;
    }
    const int width = 2 * kMargin + static_cast<int>(lanes_.size()) * (kLane + kGap) - kGap;
    const std::vector<std::string> verdict = WrapWords(finding_.sentence, static_cast<size_t>(width - 2 * kMargin) / 7);
    const int height = y + kMargin + static_cast<int>(verdict.size()) * kLine;
    std::string out = Head(width, height) + Heads(y) + body;
    for (size_t i = 0; i < verdict.size(); ++i) out += Text(kMargin, y + kLine + static_cast<int>(i) * kLine, "v", verdict[i]);
    return out + "</svg>\n";
  }

 private:
  void Collect(const std::vector<StoryRow>& rows) {
    for (const StoryRow& row : rows) {
      if (row.kind == StoryRow::Kind::Switch) Blocked(row);
      if (row.kind != StoryRow::Kind::Event) continue;
      if (!row.matters && row.what == "start") continue;
      if (std::find(lanes_.begin(), lanes_.end(), row.task) == lanes_.end()) lanes_.push_back(row.task);
      if (boxes_.empty() || boxes_.back().task != row.task) boxes_.push_back({row.task, {}, {}});
      Add(row);
    }
    std::sort(lanes_.begin(), lanes_.end());
  }

  bool IsParty(uint32_t task) const { return std::find(parties_.begin(), parties_.end(), task) != parties_.end(); }

  // What went before the first segment.
  void DropSetUp(size_t segments) {
    auto count = [&] {
      return static_cast<size_t>(std::count_if(boxes_.begin(), boxes_.end(), [&](const Box& b) { return IsParty(b.task); }));
    };
    while (!boxes_.empty() && (count() > segments || !IsParty(boxes_.front().task))) boxes_.erase(boxes_.begin());
    std::erase_if(lanes_, [&](uint32_t task) {
      return std::none_of(boxes_.begin(), boxes_.end(), [&](const Box& b) { return b.task == task; });
    });
  }

  // A long box loses whole rows: first what is given back, then what the finding is not about, of each the one nearest the
  // middle; what it is about only if the rest is gone.
  static void Fold(Box* box) {
    const std::vector<Row>& rows = box->rows;
    size_t lines = 0;
    for (const Row& r : rows) lines += r.lines.size();
    std::vector<bool> gone(rows.size(), false);
    for (size_t left = rows.size(); lines > kMostLines && left > 1; --left) {
      const size_t i = LeastOf(rows, gone);
      gone[i] = true;
      lines -= rows[i].lines.size();
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!gone[i]) {
        box->lines.insert(box->lines.end(), rows[i].lines.begin(), rows[i].lines.end());
      } else if (i == 0 || !gone[i - 1]) {
        box->lines.push_back({"…", Line::kWhere});
      }
    }
  }

  // The next row to go. Some row is left.
  static size_t LeastOf(const std::vector<Row>& rows, const std::vector<bool>& gone) {
    size_t least = rows.size();
    const auto from_middle = [&](size_t i) { return i * 2 > rows.size() ? i * 2 - rows.size() : rows.size() - i * 2; };
    for (size_t i = 0; i < rows.size(); ++i) {
      if (gone[i]) continue;
      if (least == rows.size() || rows[i].weight < rows[least].weight ||
          (rows[i].weight == rows[least].weight && from_middle(i) < from_middle(least))) {
        least = i;
      }
    }
    return least;
  }

  static Row::Weight WeightOf(const StoryRow& row, bool waits) {
    if (row.matters || waits) return Row::kMatters;
    const bool release = row.what.find("unlock") != row.what.npos || row.what.starts_with("up_") || row.what.starts_with("yield");
    return release ? Row::kRelease : Row::kOther;
  }

  // "a blocks on lock_b; b runs": the last thing that a does for now.
  void Blocked(const StoryRow& row) {
    constexpr std::string_view kBlocks = " blocks on ";
    const size_t at = row.what.find(kBlocks);
    if (at == row.what.npos || boxes_.empty() || boxes_.back().task != row.task) return;
    const std::string on = row.what.substr(at + kBlocks.size());
    Row waits{{}, Row::kMatters};
    for (const std::string& l : WrapWords("waits for " + on.substr(0, on.find(';')), kWrap)) waits.lines.push_back({l, Line::kWaits});
    boxes_.back().rows.push_back(std::move(waits));
  }

  void Add(const StoryRow& row) {
    const bool waits = row.what.find("waits for") != std::string::npos;
    boxes_.back().rows.push_back({{}, WeightOf(row, waits)});
    std::vector<Line>& lines = boxes_.back().rows.back().lines;
    for (const std::string& l : WrapWords(row.what, kWrap)) lines.push_back({l, waits ? Line::kWaits : Line::kWhat});
    if (row.where.empty()) return;
    for (const std::string& l : WrapWords(row.where, kWrap)) lines.push_back({"  " + l, Line::kWhere});
  }

  int X(uint32_t task) const {
    const auto lane = std::find(lanes_.begin(), lanes_.end(), task) - lanes_.begin();
    return kMargin + static_cast<int>(lane) * (kLane + kGap);
  }

  static std::string Text(int x, int y, const char* style, const std::string& text) {
    return "<text class=\"" + std::string(style) + "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
           "\" xml:space=\"preserve\">" + Xml(text) + "</text>\n";
  }

  static std::string Rect(const char* style, int x, int y, int width, int height) {
    return "<rect class=\"" + std::string(style) + "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
           "\" width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\" rx=\"4\"/>\n";
  }

  static std::string Arrow(int x1, int y1, int x2, int y2) {
    return "<line class=\"a\" x1=\"" + std::to_string(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" +
           std::to_string(x2) + "\" y2=\"" + std::to_string(y2) + "\" marker-end=\"url(#head)\"/>\n";
  }

  std::string Head(int width, int height) const {
    const std::string size = std::to_string(width) + " " + std::to_string(height);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"interleaving\" viewBox=\"0 0 " + size + "\" width=\"" + std::to_string(width) +
           "\" height=\"" + std::to_string(height) +
           "\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"12\">\n"
           "<style>.interleaving .t{font-size:14px;font-weight:bold}.interleaving .h{font-weight:bold}.interleaving .w{fill:#6b7280;font-size:11px}"
           ".interleaving .x{fill:#b91c1c;font-weight:bold}.interleaving .v{fill:#111827}.interleaving .n{fill:#ffffff;font-weight:bold;font-size:11px}"
           ".interleaving .bg{fill:#ffffff}.interleaving .lane{fill:#f3f4f6}.interleaving .box{fill:#ffffff;stroke:#1d4ed8;stroke-width:1.5}"
           ".interleaving .stuck{fill:#fef2f2;stroke:#b91c1c;stroke-width:1.5}.interleaving .dot{fill:#1d4ed8}.interleaving .a{stroke:#6b7280;stroke-width:1.2}</style>\n"
           "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
           "<path d=\"M0 0L8 4L0 8z\" fill=\"#6b7280\"/></marker></defs>\n" +
           Rect("bg", 0, 0, width, height) + Text(kMargin, 22, "t", title_);
  }

  // The lanes behind the boxes, with the names of the tasks.
  std::string Heads(int bottom) const {
    std::string out;
    for (uint32_t task : lanes_) {
      out += Rect("lane", X(task), kTitle, kLane, bottom - kTitle);
      out += Text(X(task) + kPad, kTitle + 20, "h", trace_.tasks[task].name);
    }
    return out;
  }

  // A segment of the finding's tasks; others, as the one that checks at the end, have none.
  static std::string Number(int number, int x, int y) {
    const std::string digits = std::to_string(number);
    return Rect("dot", x + kLane - 26, y + 4, 18, 16) + Text(x + kLane - (digits.size() > 1 ? 24 : 20), y + 16, "n", digits);
  }

  std::string BoxAt(const Box& b, int x, int y, int height) const {
    const auto last = std::find_if(b.lines.rbegin(), b.lines.rend(), [](const Line& l) { return l.style != Line::kWhere; });
    const bool stuck = last != b.lines.rend() && last->style == Line::kWaits;
    std::string out = Rect(stuck ? "stuck" : "box", x + 4, y, kLane - 8, height);
    for (size_t i = 0; i < b.lines.size(); ++i) {
      const Line& l = b.lines[i];
      const char* style = l.style == Line::kWhere ? "w" : l.style == Line::kWaits ? "x" : "v";
      out += Text(x + 4 + kPad, y + kPad + 12 + static_cast<int>(i) * kLine, style, l.text);
    }
    return out;
  }

  const Trace& trace_;
  const Finding& finding_;
  std::string title_;
  std::vector<uint32_t> parties_;
  std::vector<uint32_t> lanes_;   // indices into Trace::tasks
  std::vector<Box> boxes_;
};

}  // namespace

std::string InterleavingSvg(const Trace& trace, const Finding& finding, const std::string& title, SymbolSource& symbols) {
  return Lanes(trace, finding, title, symbols).Render();
}

}  // namespace hotweave
