// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html.h. Everything that a person reads without the script is written here; html/*.js adds the stepping.
#include "report/html.h"

#include <algorithm>

#include "report/html_data.h"
#include "report/html_locks.h"
#include "report/html_text.h"
#include "report/lanes.h"
#include "report/story.h"

namespace hotweave {

namespace html {
extern const std::string_view kPage, kStyle, kScript;   // html/, by cmake/EmbedFiles.cmake
}

namespace {

constexpr size_t kStoryRows = 60;
constexpr size_t kMostLead = 80;     // characters of what a sentence begins with
constexpr size_t kReserve = 2'000;   // for what is only known once the rest is written

class Page {
 public:
  Page(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols) {}

  std::string Render() {
    Values values = {
        {"title", Escape(std::string(KindName(finding_.kind)) + ": " + finding_.title + " · " + Spec())},
        {"style", std::string(html::kStyle)},
        {"header", Header()},
        {"explanation", Explanation()},
        {"commands", Commands()},
        {"story", Story()},
        {"interleaving", Interleaving()},
        {"locks", LockOrderSection(trace_, finding_, symbols_)},
        {"waits", WaitForSection(trace_, finding_, symbols_)},
        {"report", Escape(Terminal())},
        {"script", std::string(html::kScript)},
    };
    size_t used = html::kPage.size() + kReserve;
    for (const auto& [name, text] : values) used += text.size();
    const ExecutionData data = DescribeExecution(trace_, finding_, used < kMostHtmlBytes ? kMostHtmlBytes - used : 0, symbols_);
    values.push_back({"data", data.json});
    values.push_back({"notes", Notes(data)});
    return Fill(html::kPage, values);
  }

 private:
  std::string Spec() const { return context_.profile.empty() ? context_.target : context_.target + "@" + context_.profile; }

  std::string Header() const {
    const std::string sentence = finding_.sentence.empty() ? std::string(KindRule(finding_.kind)) : finding_.sentence;
    return "<h1>" + Element("span", KindName(finding_.kind), "class=\"kind\"") + " " + Element("span", finding_.title) + "</h1>\n" +
           Element("p", sentence, "class=\"sentence\"") + "\n<ul class=\"facts\">" + Facts() + "</ul>\n";
  }

  static std::string Fact(std::string_view text, std::string_view attributes = "") {
    return text.empty() ? "" : Element("li", text, attributes);
  }

  std::string Facts() const {
    std::string out = Fact(Spec(), "class=\"spec\"");
    if (!context_.replayed.empty()) out += Fact("replayed " + context_.replayed, "class=\"replayed\"");
    out += Fact(context_.segments);
    out += Fact(std::to_string(trace_.events.size()) + " events, " + std::to_string(trace_.tasks.size()) +
                (trace_.tasks.size() == 1 ? " task" : " tasks"));
    if (!context_.strategy.empty()) {
      std::string found = "found by " + context_.strategy + ", seed " + std::to_string(context_.seed);
      if (context_.executions) found += ", execution " + std::to_string(context_.executions);
      out += Fact(found);
    }
    if (!finding_.level.empty()) out += Fact("level: " + finding_.level);
    if (!finding_.confirmation.empty()) out += Fact("confirmation: " + finding_.confirmation);
    out += "<li>" + Element("code", finding_.fingerprint, "class=\"fingerprint\"") + "</li>";
    return out;
  }

  std::string Explanation() const {
    if (context_.explanation.empty()) return "";
    std::string out = "<section class=\"explanation\" aria-labelledby=\"explanation-head\"><h2 id=\"explanation-head\">In words</h2><ol id=\"sentences\">\n";
    for (const std::string& sentence : context_.explanation) out += "<li><span>" + Sentence(sentence) + "</span></li>\n";
    return out + "</ol></section>\n";
  }

  // "What happened: …": what it is about stands out.
  static std::string Sentence(const std::string& sentence) {
    const size_t colon = sentence.find(": ");
    if (colon == sentence.npos || colon > kMostLead) return Escape(sentence);
    return Element("strong", sentence.substr(0, colon + 1)) + Escape(sentence.substr(colon + 1));
  }

  std::string Commands() const {
    if (context_.commands.empty()) return "";
    std::string out = "<section class=\"commands\" aria-labelledby=\"commands-head\"><h2 id=\"commands-head\">To see it again</h2>\n";
    for (const std::string& command : context_.commands) out += "<pre>" + Element("code", command) + "</pre>\n";
    return out + "</section>\n";
  }

  // The rows of the terminal's table.
  std::string Story() const {
    StoryOptions options;
    options.max_rows = kStoryRows;
    std::string out;
    for (const StoryRow& row : TellStory(trace_, finding_, options, symbols_)) {
      if (row.kind != StoryRow::Kind::Event) {
        out += "<tr class=\"" + std::string(row.kind == StoryRow::Kind::Switch ? "switch" : "remark") + "\">" +
               Element("td", row.what, "colspan=\"3\"") + "</tr>\n";
      } else {
        const std::string task = row.task < trace_.tasks.size() ? trace_.tasks[row.task].name : "?";
        out += "<tr" + std::string(row.matters ? " class=\"matters\"" : "") + ">" + Element("th", task, "scope=\"row\"") +
               Element("td", row.what) + Element("td", row.where, "class=\"place\"") + "</tr>\n";
      }
    }
    if (out.empty()) out = "<tr class=\"remark\">" + Element("td", "nothing but the place of the finding itself", "colspan=\"3\"") + "</tr>\n";
    return out;
  }

  // Nothing if no task did anything that it could show.
  std::string Interleaving() const {
    const std::string picture = InterleavingSvg(trace_, finding_, Spec(), symbols_);
    return picture.find("class=\"lane\"") == picture.npos ? "" : "<figure class=\"scroll\">" + picture + "</figure>";
  }

  std::string Terminal() const {
    ReportContext plain = context_;
    plain.colour = plain.ascii = plain.all = false;
    plain.width = 110;
    return TextReport(trace_, finding_, plain, symbols_);
  }

  static std::string Notes(const ExecutionData& data) {
    std::string out;
    if (data.left_out)
      out += Element("li", std::to_string(data.left_out) + (data.left_out == 1 ? " event is" : " events are") +
                               " left out of this page to keep it small: those furthest from the path to the finding.");
    out += Element("li", data.has_sources ? "Source lines are those of the tree that the program was built from, as they were when this page was written."
                                          : "The sources that the program was built from were not found: places have no source lines.");
    return "<ul class=\"notes\">" + out + "</ul>\n";
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
};

}  // namespace

std::string HtmlReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols) {
  return Page(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
