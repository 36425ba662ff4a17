// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The HTML report as text: what tests/browser/ sees in a browser is here a string.
#include "report/html.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/html_graph.h"
#include "report/html_text.h"

namespace hotweave {
namespace {

// Names of everything are hostile to HTML, to its comments and to its scripts.
constexpr const char* kHostile = "</script><script>alert(1)</script><!-- & \"x\"";

class HostileSymbols : public SymbolSource {
 public:
  std::vector<Frame> Frames(uint64_t pc, bool) override {
    return {{"operator<", "operator<(a&, b&)", "targets/<b>.cc", static_cast<uint32_t>(pc), 1, false}};
  }
  std::string FieldPath(const TraceObject& object, uint32_t) override { return object.name; }
  std::string ShortField(const TraceObject& object, uint32_t) override { return object.name; }
  ValueKind KindOfField(const TraceObject&, uint32_t) override { return ValueKind::Unsigned; }
  bool InImage(uint64_t) override { return false; }
  const std::vector<std::string>& SourceLines(const std::string&) override {
    static const std::vector<std::string> lines(300, kHostile);
    return lines;
  }
};

struct Case {
  Trace trace;
  Finding finding;
  ReportContext context;
  std::string Html() const {
    HostileSymbols symbols;
    return HtmlReport(trace, finding, context, symbols);
  }
};

void Add(Case* c, Op op, uint16_t task, uint64_t value, uint64_t line) {
  Event e;
  e.op = op;
  e.task = task;
  e.object = 0;
  e.size = 8;
  e.has_values = ClassOf(op) == OpClass::Access;
  e.old_value = e.new_value = value;
  e.other = op == Op::Preempt || op == Op::TaskCreate ? 1 : Event::kNone;
  e.preempted = op == Op::Preempt;
  e.stack = static_cast<uint32_t>(line % c->trace.stacks.size());
  c->trace.events.push_back(e);
}

// Two tasks write one variable; `quiet` events lie before that.
Case Race(size_t quiet) {
  Case c;
  c.trace.tasks = {{"init", 0, false}, {kHostile, 0, false}};
  c.trace.objects = {{TraceObject::Kind::Global, kHostile, 8, 0x410000}, {TraceObject::Kind::Global, "other", 8, 0x420000}};
  for (uint64_t pc = 1; pc <= 200; pc++) c.trace.stacks.push_back({pc, 250});
  Add(&c, Op::TaskCreate, 0, 0, 1);
  for (size_t i = 0; i < quiet; i++) {
    Add(&c, Op::Read, 0, i % 50, i);
    c.trace.events.back().object = 1;
  }
  Add(&c, Op::Preempt, 0, 0, 3);
  Add(&c, Op::TaskStart, 1, 0, 4);
  Add(&c, Op::MutexLock, 1, 0, 4);
  Add(&c, Op::Write, 1, 5, 5);
  Add(&c, Op::Write, 0, 6, 6);
  const uint32_t last = static_cast<uint32_t>(c.trace.events.size() - 1);
  c.finding.kind = Kind::DataRace;
  c.finding.title = c.finding.fingerprint = c.finding.sentence = kHostile;
  c.finding.sites = {{kHostile, last, 0, c.trace.events[last].stack}, {"write", last - 1, 1, c.trace.events[last - 1].stack}};
  c.finding.object = 0;
  c.finding.size = 8;
  c.context.target = "race";
  c.context.profile = "v5.1";
  c.context.replayed = "10/10";
  c.context.explanation = {"One sentence.", "What happened: a race", kHostile};
  c.context.commands = {"hotweave replay race@v5.1 <file>"};
  return c;
}

size_t Count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size()) n++;
  return n;
}

nlohmann::json DataOf(const std::string& html) {
  const std::string begin = "id=\"data\">";
  const size_t at = html.find(begin) + begin.size();
  return nlohmann::json::parse(html.substr(at, html.find("</script>", at) - at));
}

TEST(HtmlReport, EscapesWhateverTargetsAreCalled) {
  const std::string html = Race(10).Html();
  EXPECT_EQ(Count(html, "<script"), 2u) << "the data and the script of the page itself";
  EXPECT_EQ(Count(html, "</script"), 2u);
  EXPECT_EQ(Count(html, "alert(1)</script"), 0u);
  EXPECT_GT(Count(html, "&lt;/script&gt;"), 3u) << "title, sentence, table, report";
  EXPECT_NE(html.find("<title>data-race: &lt;/script&gt;&lt;script&gt;alert(1)"), html.npos);
  EXPECT_EQ(DataOf(html)["tasks"][1]["name"], kHostile) << "what the script reads is as it was";
}

TEST(HtmlReport, SaysWhatTheContextSays) {
  const std::string html = Race(10).Html();
  for (const char* text : {"race@v5.1", "replayed 10/10", "<li><span>One sentence.</span></li>", "<li><span><strong>What happened:</strong> a race</span></li>", "hotweave replay race@v5.1 &lt;file&gt;"})
    EXPECT_NE(html.find(text), html.npos) << text;
  EXPECT_EQ(html.find("{{"), html.npos);
}

TEST(HtmlReport, IsTheSameEveryTimeAndNamesNoAddress) {
  const Case c = Race(500);
  const std::string html = c.Html();
  EXPECT_EQ(html, c.Html());
  for (const char* address : {"410000", "420000", "4259840", "4325376"}) EXPECT_EQ(html.find(address), html.npos) << address;
}

TEST(HtmlReport, AsksForNothing) {
  const std::string html = Race(10).Html();
  for (const char* what : {"http:", "https:", "src=", "url(http", "@import", "fetch(", "XMLHttpRequest"}) {
    // The name space of SVG is no address that anybody asks for.
    const size_t allowed = std::string(what) == "http:" ? Count(html, "http://www.w3.org/2000/svg") : 0;
    EXPECT_EQ(Count(html, what), allowed) << what;
  }
}

TEST(HtmlReport, AShortTraceIsThereWhole) {
  const Case c = Race(100);
  const nlohmann::json data = DataOf(c.Html());
  EXPECT_EQ(data["count"], c.trace.events.size());
  EXPECT_EQ(data["what"].size(), c.trace.events.size());
  EXPECT_EQ(c.Html().find("events are left out of this page"), std::string::npos);
}

TEST(HtmlReport, ALongTraceIsCutToThePathAndSaysSo) {
  const Case c = Race(60'000);
  const std::string html = c.Html();
  EXPECT_LE(html.size(), kMostHtmlBytes);
  EXPECT_GT(html.size(), kMostHtmlBytes * 9 / 10) << "what fits is there";
  const nlohmann::json data = DataOf(html);
  const size_t left_out = c.trace.events.size() - data["what"].size();
  EXPECT_GT(left_out, 0u);
  EXPECT_NE(html.find(std::to_string(left_out) + " events are left out of this page"), html.npos);
  const nlohmann::json& last = data["ranges"].back();
  EXPECT_EQ(last[1], c.trace.events.size() - 1) << "the finding is never left out";
  EXPECT_EQ(data["ranges"][0][0], 0) << "nor the creation of a party: it is on the way";
}

TEST(HtmlReport, OfAnEmptyTraceIsAPage) {
  Case c = Race(0);
  c.trace = {};
  c.finding.object = ~0u;
  c.finding.sites = {{"write", ~0u, ~0u, ~0u}};
  EXPECT_NE(c.Html().find("</html>"), std::string::npos);
}

TEST(HtmlReport, SaysThatSourcesWereNotFound) {
  class NoSources : public HostileSymbols {
    const std::vector<std::string>& SourceLines(const std::string& file) override { return SymbolSource::SourceLines(file); }
  } symbols;
  const Case c = Race(10);
  const std::string html = HtmlReport(c.trace, c.finding, c.context, symbols);
  EXPECT_NE(html.find("were not found: places have no source lines"), html.npos);
  EXPECT_EQ(c.Html().find("were not found"), std::string::npos);
}

TEST(Escape, RepairsWhatIsNoText) {
  EXPECT_EQ(Escape("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
  EXPECT_EQ(Escape("\xe2\x86\x92 ü"), "\xe2\x86\x92 ü");
  EXPECT_EQ(Escape("a\xff" "b\xe2\x86"), "a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(Escape("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "half of a pair";
  EXPECT_EQ(Escape(std::string_view("a\0\x1b", 3)), "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Fill, PutsValuesOnceAndInPlace) {
  EXPECT_EQ(Fill("<{{a}}|{{b}}>", {{"a", "{{b}}"}, {"b", "2"}}), "<{{b}}|2>");
  EXPECT_EXIT(Fill("{{c}}", {}), testing::ExitedWithCode(70), "something unknown: c");
  EXPECT_EXIT(Fill("", {{"a", ""}}), testing::ExitedWithCode(70), "no place for: a");
}

TEST(Graphs, CyclesAndLoopsAreDrawn) {
  Graph g;
  for (const char* name : {"a", "b", "c"}) g.NodeOf(name);
  g.edges = {{0, 1, "x", "", true, true, {}}, {1, 2, "", "", true, true, {}}, {2, 0, "", "", true, true, {}}, {2, 2, "self", "", false, false, {{3, 4}, {7, 7}}}};
  EXPECT_EQ(g.NodeOf("b"), 1u);
  for (const std::string& svg : {CircleSvg(g, "n", "l"), LayeredSvg(g, "n", "l")}) {
    EXPECT_EQ(Count(svg, "<g class=\"node"), 3u);
    EXPECT_EQ(Count(svg, "<g class=\"edge bad"), 3u);
    EXPECT_EQ(Count(svg, "<g class=\"edge off\" data-from=\"2\" data-to=\"2\" data-when=\"3-4 7-7\">"), 1u);
  }
  EXPECT_EQ(CircleSvg(Graph(), "n", "l"), "");
  EXPECT_EQ(LayeredSvg(Graph(), "n", "l"), "");
}

}  // namespace
}  // namespace hotweave
