// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `explain --format perfetto|dot|json|sarif` of stored executions: what an importer relies on holds of every one of
// them.
#include <algorithm>
#include <map>
#include <set>

#include "program_helper.h"

namespace hotweave {
namespace {

using Json = nlohmann::json;

struct StoredCase {
  const char* target;
  const char* file;   // in corpus/
};

// One of each sort: a deadlock, a race, a lost update, an order of locks, a use after free, a wait-for graph of three.
const StoredCase kCases[] = {
    {"pcpu_alloc_vs_cpu_up@S4-C", "pcpu_alloc_vs_cpu_up/programs/R4.1.sched"},
    {"online_vs_probe@v4.19", "online_vs_probe/programs/R1.2.sched"},
    {"online_vs_probe@v4.19", "online_vs_probe/programs/R1.2-lost-update.sched"},
    {"memtrace_vs_sysfs@v5.1", "memtrace_vs_sysfs/crashers/memtrace_vs_sysfs@v5.1-lock-order-2b5c5661.sched"},
    {"drain_vs_last_offline@v6.7+pagesets_are_freed", "drain_vs_last_offline/crashers/use-after-free.sched"},
    {"slab_create_vs_online_vs_cpu_down@S0-B", "slab_create_vs_online_vs_cpu_down/programs/R0.1.sched"},
};

std::string Explain(const StoredCase& c, const std::string& format) {
  const Ended r = Hotweave({"explain", c.target, std::string("corpus/") + c.file, "--format", format, "--confirm", "0"});
  EXPECT_EQ(r.status, 1) << r.err;
  return r.out;
}

class Exports : public testing::TestWithParam<StoredCase> {};
INSTANTIATE_TEST_SUITE_P(Stored, Exports, testing::ValuesIn(kCases), [](const auto& info) {
  std::string name = info.param.file;
  name = name.substr(0, name.find('/')) + std::to_string(info.index);
  return name;
});

// ---- Perfetto -------------------------------------------------------------------------------------------

using Track = std::pair<int, int>;   // pid, tid

Track TrackOf(const Json& event) { return {event["pid"].get<int>(), event["tid"].get<int>()}; }

struct Slice {
  int64_t begin, end;
  std::string name;
};

std::map<Track, std::vector<Slice>> SlicesOf(const Json& events) {
  std::map<Track, std::vector<Slice>> slices;
  for (const Json& e : events) {
    if (e["ph"] != "X") continue;
    const int64_t ts = e["ts"], dur = e["dur"];
    EXPECT_GT(dur, 0) << e;
    slices[TrackOf(e)].push_back({ts, ts + dur, e["name"]});
  }
  return slices;
}

// In the order of the file a slice lies after the ones before it, or in the innermost of those that are open.
void ExpectNested(const std::vector<Slice>& slices) {
  std::vector<Slice> open;
  for (const Slice& s : slices) {
    while (!open.empty() && open.back().end <= s.begin) open.pop_back();
    if (!open.empty()) ASSERT_LE(s.end, open.back().end) << s.name << " at " << s.begin << " leaves " << open.back().name;
    open.push_back(s);
  }
}

void ExpectNestedAndInOrder(const Json& document) {
  const Json& events = document["traceEvents"];
  int64_t last = 0;
  for (const Json& e : events) {
    if (e["ph"] == "M") continue;
    ASSERT_GE(e["ts"].get<int64_t>(), last);
    last = e["ts"];
  }
  EXPECT_LE(last, document["otherData"]["events"].get<int64_t>());
  const auto slices = SlicesOf(events);
  for (const auto& [track, list] : slices) ExpectNested(list);
}

void ExpectNamedTracks(const Json& events, const std::string& target) {
  std::set<Track> named;
  std::string process;
  for (const Json& e : events) {
    if (e["name"] == "thread_name") named.insert(TrackOf(e));
    if (e["name"] == "process_name" && e["pid"] == 1) process = e["args"]["name"];
  }
  EXPECT_EQ(process, "hotweave " + target);
  for (const auto& [track, list] : SlicesOf(events)) EXPECT_TRUE(named.contains(track)) << track.first << " " << track.second;
}

void ExpectArrowsWithTwoEndsInSlices(const Json& events) {
  const auto slices = SlicesOf(events);
  std::map<int, std::string> ends;
  std::set<std::string> names;
  for (const Json& e : events) {
    if (e["ph"] != "s" && e["ph"] != "f") continue;
    ends[e["id"]] += e["ph"].get<std::string>();
    names.insert(e["name"]);
    if (e["ph"] == "f") EXPECT_EQ(e.value("bp", ""), "e") << "binds to the next slice, not to the one around it";
    const std::vector<Slice>& on = slices.at(TrackOf(e));
    const int64_t ts = e["ts"];
    EXPECT_TRUE(std::any_of(on.begin(), on.end(), [&](const Slice& s) { return s.begin <= ts && ts < s.end; })) << e;
  }
  for (const auto& [id, both] : ends) EXPECT_EQ(both, "sf") << id;
  EXPECT_TRUE(names.contains("creates"));
}

void ExpectLocksOpenedAndClosed(const Json& events) {
  std::map<int, std::vector<Json>> locks;
  for (const Json& e : events) {
    if (e["ph"] == "b" || e["ph"] == "e") locks[e["id"]].push_back(e);
  }
  EXPECT_FALSE(locks.empty());
  for (const auto& [id, both] : locks) {
    ASSERT_EQ(both.size(), 2u) << both[0];
    EXPECT_EQ(both[0]["ph"], "b");
    EXPECT_EQ(both[1]["ph"], "e");
    EXPECT_EQ(both[0]["name"], both[1]["name"]);
    EXPECT_EQ(both[0]["cat"], both[1]["cat"]);
  }
}

void ExpectFindingMarked(const Json& document) {
  const std::string kind = document["otherData"]["kind"];
  size_t marks = 0;
  for (const Json& e : document["traceEvents"]) marks += e["ph"] == "i" && e["name"].get<std::string>().rfind(kind, 0) == 0;
  EXPECT_GE(marks, 1u);
}

// A model CPU runs one task at a time, and all of them together do: the engine takes one step at a time.
void ExpectOneTaskAtATime(const Json& events) {
  std::vector<Slice> runs;
  for (const Json& e : events) {
    if (e["ph"] == "X" && e["cat"] == "running") runs.push_back({e["ts"], e["ts"].get<int64_t>() + e["dur"].get<int64_t>(), e["name"]});
  }
  ASSERT_GE(runs.size(), 2u);
  for (size_t i = 1; i < runs.size(); ++i) EXPECT_GE(runs[i].begin, runs[i - 1].end);
}

TEST_P(Exports, PerfettoCanImportIt) {
  const Json document = Json::parse(Explain(GetParam(), "perfetto"));
  const Json& events = document["traceEvents"];
  ExpectNestedAndInOrder(document);
  ExpectNamedTracks(events, GetParam().target);
  ExpectArrowsWithTwoEndsInSlices(events);
  ExpectLocksOpenedAndClosed(events);
  ExpectFindingMarked(document);
  ExpectOneTaskAtATime(events);
}

TEST(Perfetto, CountsTheMemoryInDispute) {
  const Json events = Json::parse(Explain(kCases[2], "perfetto"))["traceEvents"];
  std::vector<int> values;
  for (const Json& e : events) {
    if (e["ph"] == "C" && e["name"] == "zone.present_pages") values.push_back(e["args"]["value"]);
  }
  // Two blocks of eight pages come to one block of eight, and one of them is lost.
  ASSERT_GE(values.size(), 3u);
  EXPECT_EQ(values[values.size() - 1], 16);
}

TEST(Perfetto, AWaitEndsWithAnArrowFromWhoeverEndedIt) {
  const Json events = Json::parse(Explain(kCases[3], "perfetto"))["traceEvents"];
  std::set<std::string> names, categories;
  for (const Json& e : events) {
    if (e["ph"] == "s") names.insert(e["name"]);
    if (e["ph"] == "X") categories.insert(e["cat"]);
  }
  EXPECT_TRUE(names.contains("wakes"));
  for (const char* state : {"running", "blocked", "ready", "cpu"}) EXPECT_TRUE(categories.contains(state)) << state;
}

// ---- JSON and SARIF -------------------------------------------------------------------------------------

// What Debian's validator has to say of documents; empty if all are valid.
std::string Violations(const std::string& schema, const std::vector<std::string>& documents) {
  Scratch scratch;
  Launch launch;
  launch.program = "/usr/bin/python3";
  launch.arguments = {"tests/e2e/validate.py", schema};
  for (const std::string& d : documents) {
    launch.arguments.push_back(scratch / (std::to_string(launch.arguments.size()) + ".json"));
    Spill(launch.arguments.back(), d);
  }
  const Ended r = RunProgram(launch);
  return r.status == 0 ? "" : r.out + r.err;
}

constexpr const char* kReportSchema = "docs/schema/report-1.json";
constexpr const char* kSarifSchema = "tests/e2e/schema/sarif-2.1.0.json";

// Every index of the document leads somewhere; a schema cannot say that.
void ExpectIndicesInRange(const Json& d) {
  const size_t events = d["events"].size(), tasks = d["tasks"].size();
  for (const Json& e : d["events"]) {
    EXPECT_LT(e["task"].get<size_t>(), tasks);
    if (!e["stack"].is_null()) EXPECT_LT(e["stack"].get<size_t>(), d["stacks"].size());
    if (!e["object"].is_null()) EXPECT_LT(e["object"].get<size_t>(), d["objects"].size());
  }
  for (const Json& i : d["path"]) EXPECT_LT(i.get<size_t>(), events);
  for (const char* list : {"task_spans", "lock_spans"}) {
    for (const Json& s : d[list]) {
      EXPECT_LT(s["begin"].get<size_t>(), s["end"].get<size_t>()) << s;
      EXPECT_LE(s["end"].get<size_t>(), events);
    }
  }
  for (const Json& a : d["arrows"]) EXPECT_LT(a["from"].get<size_t>(), a["to"].get<size_t>());
}

TEST_P(Exports, JsonFitsItsSchema) {
  const std::string out = Explain(GetParam(), "json");
  EXPECT_EQ(Violations(kReportSchema, {out}), "");
  const Json d = Json::parse(out);
  ExpectIndicesInRange(d);
  EXPECT_EQ(d["replayed"], "10/10");
  EXPECT_NE(d["schedule"].get<std::string>().find("expect: " + d["finding"]["kind"].get<std::string>()), std::string::npos);
  EXPECT_EQ(d["events"].back()["hash"], d["trace_hash"]);
}

TEST(Json, TheSchemaRefusesWhatIsNotAReport) {
  Json d = Json::parse(Explain(kCases[1], "json"));
  d["events"][3].erase("operation");
  d["task_spans"][0]["state"] = "asleep";
  const std::string said = Violations(kReportSchema, {d.dump()});
  EXPECT_NE(said.find("events/3: 'operation' is a required property"), said.npos) << said;
  EXPECT_NE(said.find("task_spans/0/state"), said.npos) << said;
}

TEST(Json, TheScheduleInsideReplays) {
  const Json d = Json::parse(Explain(kCases[0], "json"));
  Scratch scratch;
  Spill(scratch / "inside.sched", d["schedule"]);
  const Ended r = Hotweave({"replay", kCases[0].target, scratch / "inside.sched", "--json"});
  EXPECT_EQ(r.Json()["trace_hash"], d["trace_hash"]);
  EXPECT_EQ(r.Json()["fingerprint"], d["finding"]["fingerprint"]);
}

TEST_P(Exports, SarifFitsTheStandard) {
  const std::string out = Explain(GetParam(), "sarif");
  EXPECT_EQ(Violations(kSarifSchema, {out}), "");
  const Json run = Json::parse(out)["runs"][0];
  ASSERT_EQ(run["results"].size(), 1u);
  const Json& result = run["results"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<size_t>()]["id"], result["ruleId"]);
  EXPECT_EQ(result["partialFingerprints"]["hotweave/v1"].get<std::string>().rfind(result["ruleId"].get<std::string>() + ":", 0), 0u);
  const Json& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uriBaseId"], "SRCROOT");
  EXPECT_NE(Slurp(place["artifactLocation"]["uri"].get<std::string>()), "") << "a file of the source tree";
  EXPECT_GE(place["region"]["startLine"], 1);
}

// The steps of all tasks together are 1, 2, 3 …, and ascend in each task.
TEST_P(Exports, SarifStepsAreNumberedThroughout) {
  const Json result = Json::parse(Explain(GetParam(), "sarif"))["runs"][0]["results"][0];
  std::set<int> orders;
  size_t steps = 0;
  for (const Json& flow : result["codeFlows"][0]["threadFlows"]) {
    int last = 0;
    for (const Json& step : flow["locations"]) {
      EXPECT_GT(step["executionOrder"].get<int>(), last);
      last = step["executionOrder"];
      orders.insert(last);
      ++steps;
    }
  }
  EXPECT_GE(steps, 2u);
  EXPECT_EQ(orders.size(), steps);
  EXPECT_EQ(*orders.rbegin(), static_cast<int>(steps));
}

// tests/golden has a small target for every kind of finding.
TEST(ExportsOfEveryKindLong, FitTheirSchemas) {
  std::vector<std::string> reports, sarifs;
  for (const std::string& file : FilesIn("tests/golden/kinds")) {
    const size_t dot = file.rfind(".sched");
    if (dot == file.npos) continue;
    for (const char* format : {"json", "sarif"}) {
      Launch launch;
      launch.program = HOTWEAVE_BINARY_DIR "/kinds";
      launch.arguments = {"explain", file.substr(0, dot), "tests/golden/kinds/" + file, "--format", format, "--confirm", "0"};
      const Ended r = RunProgram(launch);
      EXPECT_EQ(r.status, 1) << file << ": " << r.err;
      (format[0] == 'j' ? reports : sarifs).push_back(r.out);
    }
  }
  ASSERT_GE(reports.size(), 26u);
  EXPECT_EQ(Violations(kReportSchema, reports), "");
  EXPECT_EQ(Violations(kSarifSchema, sarifs), "");
}

TEST(Sarif, TheSchemaRefusesWhatSarifDoesNotKnow) {
  Json d = Json::parse(Explain(kCases[1], "sarif"));
  d["runs"][0]["results"][0]["severity"] = "bad";
  EXPECT_NE(Violations(kSarifSchema, {d.dump()}).find("'severity' was unexpected"), std::string::npos);
}

// ---- DOT ------------------------------------------------------------------------------------------------

size_t CountOf(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// What is left when quoted strings are taken out; fails the test if one does not end.
std::string Unquoted(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"') {
      out += text[i];
      continue;
    }
    for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\';
    EXPECT_LT(i, text.size()) << "a string without an end";
    out += 's';
  }
  return out;
}

TEST_P(Exports, DotIsTwoDigraphs) {
  const std::string bare = Unquoted(Explain(GetParam(), "dot"));
  EXPECT_EQ(bare.rfind("digraph lock_order {\n", 0), 0u);
  EXPECT_EQ(CountOf(bare, "\ndigraph wait_for {\n"), 1u);
  EXPECT_EQ(CountOf(bare, "{"), 2u);
  EXPECT_EQ(CountOf(bare, "}"), 2u);
  EXPECT_EQ(CountOf(bare, "["), CountOf(bare, "]"));
  // Statements are a name or an edge, with attributes in brackets.
  EXPECT_EQ(bare.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ =->[]{}\n"), bare.npos);
}

TEST(Dot, TheCycleOfADeadlockIsRed) {
  const std::string dot = Explain(kCases[0], "dot");
  auto red = [&](const std::string& edge) {
    const size_t at = dot.find(edge);
    return at != dot.npos && dot.substr(at, dot.find('\n', at) - at).find("color=\"#b91c1c\"") != std::string::npos;
  };
  EXPECT_TRUE(red("\"pcpu_alloc_mutex\" -> \"cpu_hotplug.lock\"")) << dot;
  EXPECT_TRUE(red("\"cpu_hotplug.lock\" -> \"pcpu_alloc_mutex\"")) << dot;
  EXPECT_FALSE(red("\"cpu_add_remove_lock\" -> \"cpu_hotplug.lock\"")) << dot;
  EXPECT_NE(dot.find("bpf: drain_begin page_alloc_drain.cc"), dot.npos) << "the task and its place";
  EXPECT_EQ(dot.find("&zone->lock"), dot.npos) << "what leads to no cycle is left out";
}

TEST(Dot, TheCycleOfLockdepIsRed) {
  const std::string dot = Explain(kCases[3], "dot");
  for (const char* edge : {"\"kn->active\" -> \"cpu_hotplug_lock\"", "\"cpu_hotplug_lock\" -> \"mem_hotplug_lock\"",
                           "\"mem_hotplug_lock\" -> \"mem_sysfs_mutex\"", "\"mem_sysfs_mutex\" -> \"kn->active\""}) {
    const size_t at = dot.find(edge);
    ASSERT_NE(at, dot.npos) << edge;
    EXPECT_NE(dot.substr(at, dot.find('\n', at) - at).find("#b91c1c"), std::string::npos) << edge;
  }
}

TEST(Dot, WhoIsQueuedIsPartOfTheCycle) {
  const std::string dot = Explain(kCases[5], "dot");
  EXPECT_NE(dot.find("in the queue behind"), dot.npos) << dot;
  const size_t at = dot.find("\"zonelists_mutex\" -> \"cpu_hotplug_lock\"");
  ASSERT_NE(at, dot.npos);
  EXPECT_NE(dot.substr(at, dot.find('\n', at) - at).find("#b91c1c"), std::string::npos) << "through the locks in between";
}

}  // namespace
}  // namespace hotweave
