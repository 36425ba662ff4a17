// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Reports of hand-made traces against tests/golden, and the symbolizer against this very program. With
// HOTWEAVE_UPDATE_GOLDEN set in the environment the golden files are written instead (then read the diff).
#include "report/text.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/symbols.h"
#include "report/held_locks.h"
#include "report/json.h"
#include "report/story.h"
#include "report/symbolizer.h"
#include "report/table.h"

namespace hotweave {
namespace {

// ---- A trace by hand ---------------------------------------------------------------------------------

// Program counters are line numbers; the function follows from the hundreds.
class FakeSymbols : public SymbolSource {
 public:
  std::vector<Frame> Frames(uint64_t pc, bool) override {
    if (pc == 1) return {{"mutex_lock", "mutex_lock", "runtime/kernel/mutex.cc", 9, 2, false}};
    if (pc < 200)
      return {{"online_pages", "online_pages", "targets/mm/memory_hotplug.cc", Line(pc), 4, false}};
    return {{"probe_store", "probe_store", "targets/drivers/base/memory.cc", Line(pc), 7, false}};
  }
  std::string FieldPath(const TraceObject& object, uint32_t offset) override {
    return object.name == "node_data" ? "node_data[0].node_zones[1]" + Member(offset) : object.name;
  }
  std::string ShortField(const TraceObject& object, uint32_t offset) override {
    return object.name == "node_data" ? "zone" + Member(offset) : object.name;
  }
  ValueKind KindOfField(const TraceObject&, uint32_t offset) override {
    return offset == 24 ? ValueKind::Pointer : ValueKind::Unsigned;
  }
  bool InImage(uint64_t value) override { return value >= 0x400000 && value < 0x500000; }

 private:
  static uint32_t Line(uint64_t pc) { return static_cast<uint32_t>(pc); }
  static std::string Member(uint32_t offset) { return offset == 24 ? ".pageset" : ".present_pages"; }
};

enum Task : uint16_t { kInit, kOnline, kProbe };
enum Object : uint32_t { kZone, kHotplugLock };

class TraceMaker {
 public:
  TraceMaker() {
    trace.tasks = {{"init", 0, false}, {"online", 0, false}, {"probe", 0, false}};
    trace.objects = {{TraceObject::Kind::Global, "node_data", 4096, 0x410000},
                     {TraceObject::Kind::Global, "mem_hotplug_lock", 64, 0x420000}};
  }

  uint32_t Add(Op op, uint16_t task, uint64_t pc) {
    Event e;
    e.op = op;
    e.task = task;
    e.step = static_cast<uint32_t>(trace.events.size());
    if (pc) {
      e.stack = static_cast<uint32_t>(trace.stacks.size());
      trace.stacks.push_back({pc, pc < 200 ? 190u : 290u});
    }
    trace.events.push_back(e);
    return static_cast<uint32_t>(trace.events.size() - 1);
  }

  uint32_t Access(Op op, uint16_t task, uint64_t pc, uint64_t old_value, uint64_t new_value,
                  uint32_t offset = 16) {
    const uint32_t i = Add(op, task, pc);
    Event& e = trace.events[i];
    e.object = kZone;
    e.offset = offset;
    e.size = 8;
    e.has_values = true;
    e.old_value = old_value;
    e.new_value = new_value;
    return i;
  }

  uint32_t Lock(Op op, uint16_t task, uint64_t pc) {
    const uint32_t i = Add(op, task, pc);
    trace.events[i].object = kHotplugLock;
    return i;
  }

  uint32_t Switch(Op op, uint16_t task, uint16_t to) {
    const uint32_t i = Add(op, task, 0);
    trace.events[i].other = to;
    trace.events[i].preempted = op == Op::Preempt;
    return i;
  }

  Site At(std::string role, uint32_t event) const {
    return {std::move(role), event, trace.events[event].task, trace.events[event].stack};
  }

  Trace trace;
};

struct Case {
  Trace trace;
  Finding finding;
};

Case LostUpdate() {
  TraceMaker t;
  t.Add(Op::TaskStart, kInit, 0);
  t.Access(Op::Write, kInit, 110, 0, 32);
  t.Switch(Op::Switch, kInit, kOnline);
  t.Add(Op::TaskStart, kOnline, 0);
  t.Lock(Op::PercpuDownWrite, kOnline, 120);
  t.Lock(Op::Acquired, kOnline, 120);
  const uint32_t load = t.Access(Op::Read, kOnline, 123, 32, 32);
  t.Switch(Op::Preempt, kOnline, kProbe);
  t.Add(Op::TaskStart, kProbe, 0);
  t.Access(Op::Read, kProbe, 245, 32, 32);
  const uint32_t update = t.Access(Op::Write, kProbe, 245, 32, 64);
  t.Add(Op::TaskExit, kProbe, 0);
  const uint32_t store = t.Access(Op::Write, kOnline, 123, 64, 48);
  Case c;
  c.finding.kind = Kind::LostUpdate;
  c.finding.title = "online_pages/probe_store";
  c.finding.fingerprint = "lost-update:online_pages/probe_store";
  c.finding.sentence =
      "online stored zone.present_pages from a value that it had read before probe changed it.";
  c.finding.sites = {t.At("store of a stale value", store), t.At("update that was lost", update),
                     t.At("load of the old value", load)};
  c.finding.object = kZone;
  c.finding.offset = 16;
  c.finding.size = 8;
  c.trace = t.trace;
  return c;
}

ReportContext Context() {
  ReportContext context;
  context.target = "online_vs_probe";
  context.profile = "v4.19";
  context.strategy = "random_walk";
  context.seed = 7;
  context.executions = 12;
  context.replayed = "10/10";
  context.artifacts = {"crash-0123.sched"};
  context.commands = {"hotweave replay online_vs_probe@v4.19 crash-0123.sched"};
  return context;
}

// ---- Golden files ------------------------------------------------------------------------------------

std::string GoldenPath(const std::string& name) {
  return HOTWEAVE_SOURCE_DIR "/tests/golden/" + name;
}

void ExpectGolden(const std::string& name, const std::string& text) {
  if (getenv("HOTWEAVE_UPDATE_GOLDEN")) {
    std::ofstream(GoldenPath(name)) << text;
    return;
  }
  std::ifstream file(GoldenPath(name));
  ASSERT_TRUE(file) << "no golden file " << name;
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(text, golden.str()) << name;
}

std::string Report(const Case& c, const ReportContext& context) {
  FakeSymbols symbols;
  return TextReport(c.trace, c.finding, context, symbols);
}

TEST(TextReport, LostUpdate) { ExpectGolden("lost_update.txt", Report(LostUpdate(), Context())); }

TEST(TextReport, LostUpdateInANarrowTerminal) {
  ReportContext context = Context();
  context.width = 72;
  context.ascii = true;
  const std::string text = Report(LostUpdate(), context);
  ExpectGolden("lost_update_narrow.txt", text);
  for (char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(TextReport, ColoursOnATerminal) {
  ReportContext context = Context();
  context.colour = true;
  const std::string text = Report(LostUpdate(), context);
  ExpectGolden("lost_update_colour.txt", text);
  EXPECT_NE(text.find("\033[1;31mASSERTION FAILED"), std::string::npos);
  EXPECT_EQ(Report(LostUpdate(), Context()).find('\033'), std::string::npos);
}

TEST(TextReport, AllEvents) {
  ReportContext context = Context();
  context.all = true;
  ExpectGolden("lost_update_all.txt", Report(LostUpdate(), context));
}

Case Deadlock() {
  TraceMaker t;
  t.trace.objects.push_back({TraceObject::Kind::Global, "device_lock", 64, 0x430000});
  auto lock = [&](Op op, uint16_t task, uint64_t pc, uint32_t object) {
    const uint32_t i = t.Lock(op, task, pc);
    t.trace.events[i].object = object;
    t.trace.events[i].text = object == 2 ? "&dev->mutex" : "mem_hotplug_lock";
    return i;
  };
  t.Add(Op::TaskStart, kOnline, 0);
  lock(Op::MutexLock, kOnline, 120, 1);
  lock(Op::Acquired, kOnline, 120, 1);
  t.Switch(Op::Preempt, kOnline, kProbe);
  t.Add(Op::TaskStart, kProbe, 0);
  lock(Op::MutexLock, kProbe, 220, 2);
  lock(Op::Acquired, kProbe, 220, 2);
  lock(Op::MutexLock, kProbe, 221, 1);
  const uint32_t first = lock(Op::Blocked, kProbe, 221, 1);
  t.Switch(Op::Switch, kProbe, kOnline);
  lock(Op::MutexLock, kOnline, 121, 2);
  const uint32_t last = lock(Op::Blocked, kOnline, 121, 2);
  Case c;
  c.finding.kind = Kind::Deadlock;
  c.finding.title = "&dev->mutex/mem_hotplug_lock";
  c.finding.fingerprint = "deadlock:&dev->mutex/mem_hotplug_lock";
  c.finding.sites = {t.At("wait for &dev->mutex", last), t.At("wait for mem_hotplug_lock", first)};
  c.trace = t.trace;
  return c;
}

TEST(TextReport, Deadlock) { ExpectGolden("deadlock.txt", Report(Deadlock(), Context())); }

TEST(TextReport, EmptyTraceAndFinding) {
  Finding finding;
  finding.kind = Kind::Invariant;
  finding.sites = {{"check", ~0u, ~0u, ~0u}};
  FakeSymbols symbols;
  const std::string text = TextReport(Trace(), finding, ReportContext(), symbols);
  EXPECT_TRUE(text.starts_with("ASSERTION FAILED: invariant: \nDEDUP_TOKEN: \n")) << text;
}

// ---- The story ---------------------------------------------------------------------------------------

std::vector<StoryRow> Story(const Case& c, bool all = false) {
  FakeSymbols symbols;
  StoryOptions options;
  options.all = all;
  return TellStory(c.trace, c.finding, options, symbols);
}

TEST(Story, SaysComputedOnlyWhereTheFindingProvesIt) {
  Case c = LostUpdate();
  EXPECT_EQ(Story(c).back().what, "store zone.present_pages = 48 (was 64; computed from 32)");
  c.finding.kind = Kind::DataRace;
  EXPECT_EQ(Story(c).back().what, "store zone.present_pages = 48 (was 64; had read 32)");
  c.trace.events.back().old_value = 32;  // nobody has changed it since
  EXPECT_EQ(Story(c).back().what, "store zone.present_pages = 48 (was 32)");
}

TEST(Story, SpinLoopsAreFolded) {
  Case c = LostUpdate();
  TraceMaker t;
  t.trace = c.trace;
  for (int i = 0; i < 12; i++) t.Access(Op::Load, kProbe, 250, 48, 48);
  c.finding.sites[0].event = static_cast<uint32_t>(t.trace.events.size() - 1);
  c.trace = t.trace;
  const std::vector<StoryRow> rows = Story(c);
  EXPECT_EQ(rows.back().what, "the row above 12 times in all");
  EXPECT_EQ(rows[rows.size() - 2].what, "marked load zone.present_pages = 48");
}

TEST(Story, LongStoriesKeepWhatMatters) {
  Case c = LostUpdate();
  TraceMaker t;
  for (int i = 0; i < 100; i++)
    t.Lock(i % 2 ? Op::MutexUnlock : Op::MutexLock, i % 4 < 2 ? kOnline : kProbe, 120 + i % 50);
  const uint32_t shift = static_cast<uint32_t>(t.trace.events.size());
  const uint32_t first_stack = static_cast<uint32_t>(t.trace.stacks.size());
  for (Event e : c.trace.events) {
    if (e.stack != Event::kNone) e.stack += first_stack;
    t.trace.events.push_back(e);
  }
  t.trace.stacks.insert(t.trace.stacks.end(), c.trace.stacks.begin(), c.trace.stacks.end());
  for (Site& s : c.finding.sites) s.event += shift;
  c.finding.sites.push_back({"start", 0, kOnline, 0});
  c.trace = t.trace;
  const std::vector<StoryRow> rows = Story(c);
  EXPECT_LE(rows.size(), 24u);
  EXPECT_TRUE(rows.back().what.ends_with(" more rows: --all")) << rows.back().what;
  EXPECT_EQ(rows[rows.size() - 2].what, "store zone.present_pages = 48 (was 64; computed from 32)");
}

TEST(Story, AddressesAreNeverShown) {
  Case c = LostUpdate();
  TraceMaker t;
  t.trace = c.trace;
  c.finding.offset = 24;
  t.Access(Op::Write, kOnline, 130, 0, 0x410010, 24);               // a pointer to a known object
  t.Access(Op::Write, kOnline, 131, 0x410010, 0x7f0000001234, 24);  // a pointer to something else
  const uint32_t last = t.Access(Op::Write, kOnline, 132, 0x7f0000001234, 0, 24);
  c.finding.sites = {t.At("write", last)};
  c.trace = t.trace;
  const std::vector<StoryRow> rows = Story(c);
  ASSERT_GE(rows.size(), 3u);
  EXPECT_EQ(rows[rows.size() - 3].what,
            "store zone.pageset = &node_data[0].node_zones[1].present_pages (was NULL)");
  EXPECT_EQ(rows[rows.size() - 2].what, "store zone.pageset");
  EXPECT_EQ(rows.back().what, "store zone.pageset = NULL");
  t.Access(Op::Write, kOnline, 133, 1, 0x412345);
  c.trace = t.trace;
  EXPECT_EQ(Story(c, true).back().what, "store node_data[0].node_zones[1].present_pages");
}

// What a task holds after each event, as "0 1r 2w": how many locks, and the mode of the last one.
std::string HeldAfterEach(const Trace& trace, uint16_t task) {
  HeldLocks held(trace);
  std::string out;
  for (uint32_t i = 0; i < trace.events.size(); i++) {
    held.Feed(i);
    const std::vector<HeldLock>& locks = held.Held(task);
    out += std::to_string(locks.size()) + (locks.empty() ? "" : std::string(locks.back().mode).substr(0, 1)) +
           " ";
  }
  return out;
}

TEST(EventsOfStory, AreThoseThatHaveARow) {
  const Case c = LostUpdate();
  FakeSymbols symbols;
  const std::vector<uint32_t> events = EventsOfStory(c.trace, c.finding, symbols);
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
  size_t rows = 0;
  for (const StoryRow& row : TellStory(c.trace, c.finding, {}, symbols)) rows += row.kind == StoryRow::Kind::Event;
  EXPECT_EQ(events.size(), rows);
  EXPECT_GT(rows, 3u);
}

TEST(HeldLocks, FreeLocksAreHeldOnceTheTaskGoesOn) {
  TraceMaker t;
  t.Lock(Op::DownRead, kOnline, 120);
  t.Switch(Op::Preempt, kOnline, kProbe);
  t.Access(Op::Read, kOnline, 121, 1, 1);
  t.Lock(Op::UpRead, kOnline, 122);
  EXPECT_EQ(HeldAfterEach(t.trace, kOnline), "0 0 1r 0 ");
  EXPECT_EQ(HeldAfterEach(t.trace, kProbe), "0 0 0 0 ");
}

TEST(HeldLocks, AwaitedLocksAreHeldFromTheirAcquisition) {
  TraceMaker t;
  t.Lock(Op::PercpuDownWrite, kOnline, 120);
  t.Add(Op::SynchronizeSched, kOnline, 120);  // within the lock operation
  t.Lock(Op::Blocked, kOnline, 120);
  t.Lock(Op::PercpuUpRead, kProbe, 220);
  t.Lock(Op::Acquired, kOnline, 120);
  t.Access(Op::Read, kOnline, 121, 1, 1);
  t.Lock(Op::PercpuUpWrite, kOnline, 122);
  EXPECT_EQ(HeldAfterEach(t.trace, kOnline), "0 1w 0 0 1w 1w 0 ");
}

TEST(HeldLocks, TrylocksHaveSucceededIfTheLockIsHeldLater) {
  TraceMaker t;
  t.Lock(Op::MutexTrylock, kOnline, 120);  // fails
  t.Access(Op::Read, kOnline, 121, 1, 1);
  t.Lock(Op::MutexTrylock, kOnline, 122);
  t.Access(Op::Read, kOnline, 123, 1, 1);
  t.Lock(Op::MutexUnlock, kOnline, 124);
  t.Lock(Op::MutexTrylock, kProbe, 220);
  t.Access(Op::Read, kProbe, 221, 1, 1);
  EXPECT_EQ(HeldAfterEach(t.trace, kOnline), "0 0 0 1 0 0 0 ");
  EXPECT_EQ(HeldAfterEach(t.trace, kProbe), "0 0 0 0 0 0 0 ");
  t.trace.held_at_end.resize(3);
  t.trace.held_at_end[kProbe] = {{kHotplugLock, 0, nullptr, "", 5}};
  EXPECT_EQ(HeldAfterEach(t.trace, kProbe), "0 0 0 0 0 0 1 ");
}

TEST(HeldLocks, WhatHasNoPlaceInMemoryIsKnownByItsName) {
  TraceMaker t;
  auto add = [&](Op op, const char* name) { t.trace.events[t.Add(op, kOnline, 120)].text = name; };
  add(Op::MutexLock, "cpu_add_remove_lock");
  add(Op::RcuReadLock, "rcu_read_lock");
  add(Op::RcuReadUnlock, "rcu_read_lock");
  add(Op::Blocked, "(work_completion)(work)");   // not for the lock that it took last
  add(Op::FlushWork, "work");
  add(Op::MutexUnlock, "cpu_add_remove_lock");
  EXPECT_EQ(HeldAfterEach(t.trace, kOnline), "0 1 1 1 1 0 ");
  t.trace.events[2].op = Op::FlushWork;
  EXPECT_EQ(HeldAfterEach(t.trace, kOnline), "0 1 2r 2r 2r 1r ") << "giving back the mutex leaves the reader";
}

TEST(Frames, RuntimeFramesAtTheEndsAreLeftOut) {
  FakeSymbols symbols;
  EXPECT_EQ(TargetFrame({1, 123}, symbols).function, "online_pages");
  EXPECT_EQ(TargetFrames({1, 123, 245, 1}, symbols).size(), 2u);
  EXPECT_EQ(TargetFrame({1}, symbols).function, "mutex_lock");
  EXPECT_EQ(SanitizerStack({1, 123}, symbols),
            "    #0 0x0 in online_pages targets/mm/memory_hotplug.cc:123:4\n");
}

TEST(Table, WordsAreWrappedNeverCut) {
  EXPECT_EQ(WrapWords("a bb ccc", 4), (std::vector<std::string>{"a bb", "ccc"}));
  EXPECT_EQ(WrapWords("abcdefgh", 4), (std::vector<std::string>{"abcdefgh"}));
  EXPECT_EQ(DisplayWidth("a → b"), 5u);
}

// ---- JSON --------------------------------------------------------------------------------------------

TEST(Json, SummaryHasAllKeys) {
  Summary summary;
  summary.target = "t";
  EXPECT_EQ(
      SummaryJson(summary),
      "{\"target\":\"t\",\"profile\":null,\"model\":\"sc\",\"strategy\":null,\"seed\":null,\"verdict\":"
      "\"pass\","
      "\"kind\":null,\"fingerprint\":null,\"title\":null,\"executions\":null,\"distinct_schedules\":null,"
      "\"steps\":null,\"preemptions\":null,\"switches\":null,\"tasks\":null,\"contended\":null,"
      "\"seconds\":null,\"executions_per_second\":null,\"trace_hash\":null,\"artifact\":null,"
      "\"replayed\":null,\"level\":null,\"confirmation\":null,\"confirmation_artifact\":null}\n");
  summary.SetFinding(LostUpdate().finding);
  summary.trace_hash = 0xabc;
  summary.complete = true;
  const std::string text = SummaryJson(summary);
  EXPECT_NE(text.find("\"verdict\":\"finding\",\"kind\":\"lost-update\""), std::string::npos);
  EXPECT_NE(text.find("\"trace_hash\":\"0000000000000abc\""), std::string::npos);
  EXPECT_NE(text.find("\"complete\":true"), std::string::npos);
}

TEST(Json, BadTextIsRepaired) {
  Summary summary;
  summary.target = "a\xff";
  EXPECT_NE(SummaryJson(summary).find("a\xef\xbf\xbd"), std::string::npos);
}

TEST(Json, Finding) {
  FakeSymbols symbols;
  const Case c = LostUpdate();
  ExpectGolden("lost_update.json", FindingJson(c.trace, c.finding, symbols));
}

// ---- The symbolizer, on this program -----------------------------------------------------------------

typedef struct {
  int counter;
} counter_t;
struct Zone {
  unsigned long name;
  union {
    struct {
      long first;
      counter_t users;
    };
    long both[2];
  };
  volatile unsigned long present_pages;
  Zone* next;
  unsigned flag : 3, mode : 5;
};
struct Node {
  int id;
  Zone zones[3];
  short matrix[2][4];
};
Node g_nodes[2];
long g_plain[4];

TraceObject ObjectOf(const void* address, const char* name, uint64_t size) {
  return {TraceObject::Kind::Global, name, size, reinterpret_cast<uint64_t>(address)};
}

uint32_t OffsetIn(const void* object, const volatile void* member) {
  return static_cast<uint32_t>(static_cast<const volatile char*>(member) - static_cast<const char*>(object));
}

class SymbolizerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!symbolizer.HasDebugInfo()) GTEST_SKIP() << "built without debug information";
  }
  Symbolizer& symbolizer = Symbolizer::Get();
};

TEST_F(SymbolizerTest, FieldsOfGlobals) {
  const TraceObject nodes = ObjectOf(g_nodes, "nodes", sizeof(g_nodes));
  auto path = [&](const volatile void* p) { return symbolizer.FieldPath(nodes, OffsetIn(g_nodes, p)); };
  auto brief = [&](const volatile void* p) { return symbolizer.ShortField(nodes, OffsetIn(g_nodes, p)); };
  EXPECT_EQ(path(&g_nodes[1].zones[2].present_pages), "nodes[1].zones[2].present_pages");
  EXPECT_EQ(brief(&g_nodes[1].zones[2].present_pages), "Zone.present_pages");
  EXPECT_EQ(path(&g_nodes[0].zones[0].users), "nodes[0].zones[0].users.counter");
  EXPECT_EQ(brief(&g_nodes[0].zones[0].users), "Zone.users.counter");
  EXPECT_EQ(path(&g_nodes[0].matrix[1][2]), "nodes[0].matrix[1][2]");
  EXPECT_EQ(brief(&g_nodes[0].id), "Node.id");
  const TraceObject plain = ObjectOf(g_plain, "plain", sizeof(g_plain));
  EXPECT_EQ(symbolizer.FieldPath(plain, 16), "plain[2]");
  EXPECT_EQ(symbolizer.ShortField(plain, 20), "plain[2]+0x4");
}

TEST_F(SymbolizerTest, KindsOfFields) {
  const TraceObject nodes = ObjectOf(g_nodes, "nodes", sizeof(g_nodes));
  auto kind = [&](const volatile void* p) { return symbolizer.KindOfField(nodes, OffsetIn(g_nodes, p)); };
  EXPECT_EQ(kind(&g_nodes[0].zones[1].next), ValueKind::Pointer);
  EXPECT_EQ(kind(&g_nodes[0].zones[1].present_pages), ValueKind::Unsigned);
  EXPECT_EQ(kind(&g_nodes[0].id), ValueKind::Signed);
}

TEST_F(SymbolizerTest, HeapObjectsAreShownWithTheirOffset) {
  const TraceObject heap{TraceObject::Kind::Heap, "init_memory_block#2@online", 64, 0x1000};
  EXPECT_EQ(symbolizer.FieldPath(heap, 0x28), "init_memory_block#2@online+0x28");
}

[[gnu::noinline]] uint64_t PlaceOfCaller() { return reinterpret_cast<uint64_t>(__builtin_return_address(0)); }
[[gnu::always_inline]] inline uint64_t InlinedPlace() { return PlaceOfCaller() + 0 * __LINE__; }
constexpr uint32_t kInlinedLine = __LINE__ - 1;
[[gnu::noinline]] uint64_t OuterPlace() {
  const uint64_t pc = InlinedPlace();
  g_plain[0]++;
  return pc;
}

TEST_F(SymbolizerTest, InlinedFramesAndLines) {
  const std::vector<Frame> frames = symbolizer.Frames(OuterPlace(), true);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_TRUE(frames[0].function.ends_with("InlinedPlace")) << frames[0].function;
  EXPECT_EQ(frames[0].line, kInlinedLine);
  EXPECT_TRUE(frames[0].inlined);
  EXPECT_TRUE(frames[1].function.ends_with("OuterPlace")) << frames[1].function;
  EXPECT_EQ(frames[1].line, kInlinedLine + 3);
  EXPECT_TRUE(frames[1].file.ends_with("report_test.cc")) << frames[1].file;
  EXPECT_GT(frames[1].column, 0u);
}

TEST_F(SymbolizerTest, UnknownPlacesAreSaidToBeUnknown) {
  const std::vector<Frame> frames = symbolizer.Frames(16, false);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "??");
  EXPECT_EQ(frames[0].line, 0u);
}

}  // namespace
}  // namespace hotweave
