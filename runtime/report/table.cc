// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See table.h.
#include "report/table.h"

#include <algorithm>
#include <set>

namespace hotweave {
namespace {

constexpr size_t kNarrow = 80, kMostColumns = 3, kGap = 2;

void Pad(std::string* line, size_t width) {
  const size_t used = DisplayWidth(*line);
  if (used < width) line->append(width - used, ' ');
}

void Finish(std::string* line) {
  while (line->ends_with(' ')) line->pop_back();
  *line += '\n';
}

std::string Aside(const StoryRow& row) {
  return row.kind == StoryRow::Kind::Switch ? "  -- " + row.what + " --\n" : "  (" + row.what + ")\n";
}

class Table {
 public:
  Table(const std::vector<StoryRow>& rows, const Trace& trace, size_t width, bool colour)
      : rows_(rows), trace_(trace), colour_(colour) {
    std::set<uint32_t> tasks;
    for (const StoryRow& row : rows)
      if (row.kind == StoryRow::Kind::Event) tasks.insert(row.task);
    single_ = width < kNarrow || tasks.size() > kMostColumns;
    if (single_) {
      Measure(width);
    } else {
      tasks_.assign(tasks.begin(), tasks.end());
      MeasureColumns(width);
    }
  }

  std::string Render() const {
    std::string out = Header();
    for (const StoryRow& row : rows_)
      out += row.kind == StoryRow::Kind::Event ? Row(row) : Coloured(row, Aside(row));
    return out;
  }

 private:
  const std::string& Name(uint32_t task) const {
    static const std::string unknown = "?";
    return task < trace_.tasks.size() ? trace_.tasks[task].name : unknown;
  }

  size_t LongestPlace() const {
    size_t longest = 0;
    for (const StoryRow& row : rows_) longest = std::max(longest, DisplayWidth(row.where));
    return longest;
  }

  size_t LongestCell(uint32_t task, bool any) const {
    size_t longest = DisplayWidth(any ? "what" : Name(task));
    for (const StoryRow& row : rows_)
      if (row.kind == StoryRow::Kind::Event && (any || row.task == task))
        longest = std::max(longest, DisplayWidth(row.what));
    return longest;
  }

  void MeasureColumns(size_t width) {
    for (uint32_t task : tasks_) widths_.push_back(LongestCell(task, false));
    Squeeze(width, 2);
  }

  void Measure(size_t width) {
    size_t names = 4;
    for (const StoryRow& row : rows_)
      if (row.kind == StoryRow::Kind::Event) names = std::max(names, DisplayWidth(Name(row.task)));
    indent_ = 2 + names + kGap;
    widths_.push_back(LongestCell(0, true));
    Squeeze(width, indent_);
  }

  // Narrows the widest columns until the table fits: at first all but the last one, whose cells may run on over the
  // columns to their right, for those are empty in that row; then the last one, down to a width at which it would be
  // unreadable: its cells are wrapped.
  void Squeeze(size_t width, size_t left) {
    constexpr size_t kLeast = 24, kLeastStep = 12;
    auto total = [&] {
      size_t sum = left + LongestPlace();
      for (size_t w : widths_) sum += w + kGap;
      return sum;
    };
    for (size_t now = total(); now > width; now--) {
      size_t widest = widths_.size() - 1, least = kLeast;
      for (size_t i = 0; i + 1 < widths_.size(); i++) {
        const size_t step = std::max(kLeastStep, DisplayWidth(Name(tasks_[i])));
        if (widths_[i] > step && (widest + 1 == widths_.size() || widths_[i] > widths_[widest])) widest = i, least = step;
      }
      if (widths_[widest] <= least) return;
      widths_[widest]--;
    }
  }

  std::string Header() const {
    std::string line = "  ";
    if (single_) {
      line += "task";
      Pad(&line, indent_);
      line += "what";
      Pad(&line, indent_ + widths_[0] + kGap);
    }
    for (size_t i = 0, at = 2; i < tasks_.size(); i++) {
      line += Name(tasks_[i]);
      Pad(&line, at += widths_[i] + kGap);
    }
    line += "where";
    Finish(&line);
    return line;
  }

  // Where the task's column begins, and which it is.
  size_t ColumnOf(uint32_t task, size_t* at) const {
    *at = single_ ? indent_ : 2;
    size_t column = 0;
    while (!single_ && tasks_[column] != task) *at += widths_[column++] + kGap;
    return column;
  }

  std::string Row(const StoryRow& row) const {
    size_t at;
    const size_t column = ColumnOf(row.task, &at);
    size_t end = single_ ? indent_ : 2, room = 0;
    for (size_t i = 0; i < widths_.size(); i++) {
      end += widths_[i] + kGap;
      if (i >= column) room += widths_[i] + (i > column ? kGap : 0);
    }
    std::string out;
    bool first = true;
    for (const std::string& part : WrapWords(row.what, room)) {
      std::string line = "  ";
      if (first && single_) line += Name(row.task);
      Pad(&line, at + (first ? 0 : 2));
      line += part;
      if (first && !row.where.empty()) {
        Pad(&line, end - kGap);
        line += "  " + row.where;
      }
      Finish(&line);
      out += line;
      first = false;
    }
    return out;
  }

  // Switches stand out: they are what the input decided.
  std::string Coloured(const StoryRow& row, std::string line) const {
    if (!colour_ || row.kind != StoryRow::Kind::Switch) return line;
    line.pop_back();
    return "\033[36m" + line + "\033[0m\n";
  }

  const std::vector<StoryRow>& rows_;
  const Trace& trace_;
  bool colour_;
  std::vector<uint32_t> tasks_;  // with a column each; empty if single_
  std::vector<size_t> widths_;
  size_t indent_ = 2;
  bool single_ = false;
};

}  // namespace

size_t DisplayWidth(const std::string& text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<std::string> WrapWords(const std::string& text, size_t width) {
  std::vector<std::string> lines(1);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!lines.back().empty() && DisplayWidth(lines.back()) + 1 + DisplayWidth(word) > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    at = end + 1;
  }
  return lines;
}

std::string RenderTable(const std::vector<StoryRow>& rows, const Trace& trace, size_t width, bool colour) {
  return rows.empty() ? "" : Table(rows, trace, width, colour).Render();
}

}  // namespace hotweave
