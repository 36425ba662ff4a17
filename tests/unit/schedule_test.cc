// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Names, keys and both forms of schedules. Depends on core/ alone.
#include <hotweave/finding.h>
#include <hotweave/schedule.h>

#include <cstring>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/keys.h"
#include "core/op.h"
#include "core/symbols.h"

namespace hotweave {
namespace {

uint16_t Key(Op op, std::string_view object, uint64_t offset) {
  return OperationKey(static_cast<uint8_t>(op), ObjectKey(object, offset));
}

NamedRecord Named(std::string task, Op op, std::string object, uint64_t offset, uint16_t nth,
                  std::string to) {
  NamedRecord r;
  r.record = {Key(op, object, offset), TaskKey(task), nth, Record::kPreempt, TaskKey(to)};
  r.task = std::move(task);
  r.op = OpName(op);
  if (!object.empty()) {
    char text[32];
    snprintf(text, sizeof(text), "+0x%llx", static_cast<unsigned long long>(offset));
    r.object = object + text;
  }
  r.to = std::move(to);
  return r;
}

Schedule Sample() {
  Schedule s;
  s.target = "online_vs_probe";
  s.profile = "v4.19";
  s.expect_kind = "lost-update";
  s.expect_fingerprint = "lost-update:online_pages";
  s.trace_hash = 0x0123456789abcdef;
  s.choices.push_back({{TaskKey("online"), 2, 7}, "online"});
  s.records.push_back(Named("online", Op::Write, "contig_page_data", 0x2a8, 1, "probe"));
  s.records.back().hash = 0xfeed;
  s.records.back().comment = "zone.present_pages, memory_hotplug.cc:123";
  s.records.push_back(Named("probe#2", Op::MutexLock, "memory.cc:mem_sysfs_mutex", 0, 16383, "on line"));
  s.records.push_back(Named("probe", Op::Yield, "", 0, 3, "online"));
  return s;
}

// Text, or "LINE:COLUMN message".
std::string Reparse(std::string_view text) {
  Schedule s;
  ParseError error;
  if (ParseSchedule(text, &s, &error)) return FormatSchedule(s);
  return std::to_string(error.line) + ":" + std::to_string(error.column) + " " + error.message;
}

TEST(Names, OperationsAreFoundByName) {
  for (unsigned i = 0; i < static_cast<unsigned>(Op::kCount); i++)
    EXPECT_EQ(OpByName(OpName(static_cast<Op>(i))), static_cast<Op>(i));
  EXPECT_EQ(OpByName("no_such_operation"), Op::kCount);
  EXPECT_EQ(ClassOf(Op::MutexUnlock), OpClass::Unlock);
  EXPECT_EQ(OpName(Op::kCount), "?");
}

TEST(Names, KindsAreFoundByName) {
  for (unsigned i = 0; i < static_cast<unsigned>(Kind::kCount); i++) {
    EXPECT_EQ(KindByName(KindName(static_cast<Kind>(i))), static_cast<Kind>(i));
    EXPECT_FALSE(KindRule(static_cast<Kind>(i)).empty());
  }
  EXPECT_EQ(KindByName("pass"), Kind::kCount);
  EXPECT_EQ(VerdictName(VerdictKind::OutOfBudget), "out-of-budget");
}

// The values are part of the stored format: a change of any of them makes every stored schedule inert.
TEST(Keys, ValuesAreFixed) {
  EXPECT_EQ(TaskKey("init"), 22711);
  EXPECT_EQ(ObjectKey("contig_page_data", 0x2a8), 42376);
  EXPECT_EQ(Key(Op::Write, "contig_page_data", 0x2a8), 29059);
  EXPECT_EQ(Key(Op::MutexLock, "mem_hotplug_lock", 0), 30782);
}

TEST(Keys, InlineAndOutOfLineAgree) {
  for (unsigned op = 0; op < static_cast<unsigned>(Op::kCount); op++)
    for (unsigned object : {0u, 1u, 0x1234u, 0xffffu})
      EXPECT_EQ(OperationKey(static_cast<uint8_t>(op), static_cast<uint16_t>(object)),
                KeyOf(static_cast<Op>(op), static_cast<uint16_t>(object)));
}

TEST(Keys, ObjectsDifferByNameAndGranule) {
  EXPECT_EQ(ObjectKey("zone", 8), ObjectKey("zone", 15));
  EXPECT_NE(ObjectKey("zone", 8), ObjectKey("zone", 16));
  EXPECT_NE(ObjectKey("zone", 0), ObjectKey("zones", 0));
  EXPECT_EQ(ObjectKey("", 64), kNoObjectKey);
}

TEST(Keys, PlacesOnAStackHaveOne) {
  EXPECT_EQ(ObjectKey("stack@online", 0x3f80), ObjectKey("stack@online", 0));
  EXPECT_NE(ObjectKey("stack@online", 0), ObjectKey("stack@probe", 0));
}

TEST(Keys, AreSpreadOverTheWholeRange) {
  std::set<uint16_t> keys;
  for (uint64_t offset = 0; offset < 8 * 1000; offset += 8) keys.insert(Key(Op::Read, "node_data", offset));
  EXPECT_GT(keys.size(), 950u);  // 1000 balls in 65536 bins: about 8 collide
}

TEST(Bytes, EmptyInputIsEmpty) {
  EXPECT_EQ(DecodeBytes({}), Input());
  EXPECT_TRUE(EncodeBytes(Input()).empty());
}

TEST(Bytes, LayoutIsAsDocumented) {
  Input input;
  input.choices.push_back({0x0102, 3, 4});
  input.records.push_back({0x1112, 0x1314, 0x3fff, Record::kReadFrom, 0x1516});
  const std::vector<uint8_t> expected = {1,    0,    2,    1,    3,    0,    4,    0,
                                         0x12, 0x11, 0x14, 0x13, 0xfd, 0xff, 0x16, 0x15};
  EXPECT_EQ(EncodeBytes(input), expected);
  EXPECT_EQ(DecodeBytes(expected), input);
}

TEST(Bytes, IncompleteTailsAreIgnored) {
  const std::vector<uint8_t> bytes = EncodeBytes(Sample().ToInput());
  for (size_t n = 0; n <= bytes.size(); n++) {
    const Input input = DecodeBytes(std::span(bytes).first(n));
    EXPECT_EQ(DecodeBytes(EncodeBytes(input)), input) << n;
  }
  const std::vector<uint8_t> cut = {9, 0, 1, 0, 1, 0, 1, 0, 5};  // promises nine choices, holds one
  EXPECT_EQ(DecodeBytes(cut).choices.size(), 1u);
  EXPECT_TRUE(DecodeBytes(cut).records.empty());
}

TEST(Text, IsAsDocumented) {
  EXPECT_EQ(FormatSchedule(Sample()),
            "hotweave-schedule 1\n"
            "target: online_vs_probe\n"
            "profile: v4.19\n"
            "expect: lost-update lost-update:online_pages\n"
            "trace-hash: 0123456789abcdef\n"
            "choose online #2 = 7\n"
            "preempt online at write:contig_page_data+0x2a8 #1 to probe hash 000000000000feed"
            "  # zone.present_pages, memory_hotplug.cc:123\n"
            "preempt probe%232 at mutex_lock:memory.cc:mem_sysfs_mutex+0x0 #16383 to on%20line\n"
            "preempt probe at yield #3 to online\n");
}

TEST(Text, ReadingGivesTheSameSchedule) {
  const Schedule s = Sample();
  Schedule read;
  ParseError error;
  ASSERT_TRUE(ParseSchedule(FormatSchedule(s), &read, &error)) << error.message;
  EXPECT_EQ(read.ToInput(), s.ToInput());
  EXPECT_EQ(read.records[1].task, "probe#2");
  EXPECT_EQ(read.records[1].to, "on line");
  EXPECT_EQ(read.records[0].hash, 0xfeedu);
  EXPECT_EQ(FormatSchedule(read), FormatSchedule(s));
}

TEST(Text, RecordsWithoutNamesAreRaw) {
  Schedule s;
  s.race_detection = false;
  s.lockdep = "off";
  s.raw_lock_nesting = true;
  s.choices.push_back({{0xabcd, 0, 0xffff}, ""});
  s.records.emplace_back();
  s.records.back().record = {0x12, 0x34, 0, Record::kReserved3, 0x56};
  s.records.push_back(Named("a", Op::Write, "x", 0, 1, "b"));
  s.records.back().record.key ^= 1;  // names that do not give the key would lose the record
  EXPECT_EQ(
      FormatSchedule(s).substr(0, 128),
      "hotweave-schedule 1\nraces: off\nlockdep: off\nraw-lock-nesting: on\nexpect: pass\nraw-choose abcd 0 ffff\nraw 0012 0034 0 3 0056\nraw ");
  Schedule read;
  ParseError error;
  ASSERT_TRUE(ParseSchedule(FormatSchedule(s), &read, &error)) << error.message;
  EXPECT_EQ(read.ToInput(), s.ToInput());
  EXPECT_FALSE(read.race_detection);
  EXPECT_EQ(read.lockdep, "off");
  EXPECT_TRUE(read.raw_lock_nesting);
}

TEST(Text, KeysAreComputedFromNames) {
  Schedule read;
  ParseError error;
  ASSERT_TRUE(ParseSchedule("hotweave-schedule 1\npreempt a at write:x+0x2c #1 to b\n", &read, &error));
  EXPECT_EQ(read.records[0].record.key, Key(Op::Write, "x", 0x28));
}

TEST(Text, BlankLinesCommentsAndCrLfAreAccepted) {
  EXPECT_EQ(Reparse("hotweave-schedule 1\r\n\r\n# why\r\n\t # more\r\ntarget:\tt # x\r\nchoose a #1 = 2 # y"),
            "hotweave-schedule 1\ntarget: t\nexpect: pass\nchoose a #1 = 2\n");
}

TEST(Text, ErrorsNamePlaceAndRemedy) {
  const std::string magic = "hotweave-schedule 1\n";
  EXPECT_EQ(Reparse("").substr(0, 3), "1:1");
  EXPECT_EQ(Reparse("bytes\n"), "1:1 not a schedule: the first line must be 'hotweave-schedule 1'");
  EXPECT_EQ(Reparse("hotweave-schedule 2\n"), "1:19 format version 2 is not known: this hotweave reads 1");
  EXPECT_EQ(Reparse(magic + "target:\n"), "2:8 the line ends where the target's name should stand: add it");
  EXPECT_EQ(Reparse(magic + "target: a\ntarget: b\n"), "3:1 a second 'target:': remove one of them");
  EXPECT_EQ(Reparse(magic + "choose a #0 = 1\n"), "2:11 the choice's number is out of range: use 1 to 65535");
  EXPECT_EQ(Reparse(magic + "choose a #1 = 99999999999999999999999\n").substr(0, 4), "2:15");
  EXPECT_EQ(Reparse(magic + "preempt a at mutex_lok:x #1 to b\n"),
            "2:14 unknown operation 'mutex_lok': use the name of an operation of a task, such as mutex_lock "
            "or write");
  EXPECT_EQ(Reparse(magic + "preempt a at write:x #16384 to b\n"),
            "2:23 the occurrence is out of range: use 1 to 16383");
  EXPECT_EQ(Reparse(magic + "preempt a at write:x%2 #1 to b\n"),
            "2:21 '%' without two hexadecimal digits: write a percent sign as %25");
  EXPECT_EQ(Reparse(magic + "raw 12345 0 0 0 0\n"), "2:5 the operation's key is out of range: use 0 to ffff");
  EXPECT_EQ(Reparse(magic + "expect: dat-race x\n"),
            "2:9 unknown kind of finding 'dat-race': use pass or a kind such as data-race");
  EXPECT_EQ(Reparse(magic + std::string("target: a\0b\n", 12)),
            "2:10 control character 0x00: write it as %00");
  EXPECT_EQ(Reparse(magic + "choose a #1 = 2 3\n").substr(0, 4), "2:17");
}

TEST(Text, LongLinesAreNoProblem) {
  const std::string name(10 << 20, 'x');
  EXPECT_EQ(Reparse("hotweave-schedule 1\ntarget: " + name).size(),
            name.size() + strlen("hotweave-schedule 1\ntarget: \nexpect: pass\n"));
  EXPECT_LT(Reparse("hotweave-schedule 1\n" + name).size(), 200u);
}

TEST(Text, IsRecognisedByItsFirstWord) {
  EXPECT_TRUE(LooksLikeSchedule("hotweave-schedule 7\n"));
  EXPECT_FALSE(LooksLikeSchedule("hotweave"));
  EXPECT_FALSE(LooksLikeSchedule(""));
}

int g_variable = 1;
[[gnu::noinline]] void FunctionOfThisTest(int) { g_variable++; }

TEST(Symbols, OwnNamesAreFound) {
  SymbolTable& table = SymbolTable::Get();
  ASSERT_TRUE(table.Load());
  FunctionOfThisTest(1);
  const uint64_t function = reinterpret_cast<uint64_t>(&FunctionOfThisTest);
  EXPECT_EQ(FunctionName(function + 1), "hotweave::(anonymousnamespace)::FunctionOfThisTest");
  const uint64_t variable = reinterpret_cast<uint64_t>(&g_variable);
  const Symbol* symbol = table.FindObject(variable + 3);
  ASSERT_NE(symbol, nullptr);
  EXPECT_EQ(symbol->Name(), "hotweave::(anonymousnamespace)::g_variable");
  EXPECT_GE(symbol->size, sizeof(int));  // ASan adds a red zone
  EXPECT_TRUE(table.InImage(variable));
  EXPECT_EQ(table.ObjectsBetween(variable, variable + 1).size(), 1u);
  EXPECT_EQ(FunctionName(0), "??");
}

TEST(Symbols, DemanglingLeavesTheBareName) {
  EXPECT_EQ(DemangleShort("online_pages"), "online_pages");
  EXPECT_EQ(DemangleShort("online_pages.llvm.42"), "online_pages");
  EXPECT_EQ(DemangleShort("_ZL32hotweave_target_online_vs_probe_v"), "hotweave_target_online_vs_probe_");
  EXPECT_EQ(DemangleShort("_Z1fIiEvT_"), "f<int>");
  EXPECT_EQ(DemangleShort("_ZNK1AclEi"), "A::operator()");
  EXPECT_EQ(Demangle("_Z1fi"), "f(int)");
}

}  // namespace
}  // namespace hotweave
