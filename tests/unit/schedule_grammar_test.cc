// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The grammar of corpus/README.md, production by production: what it allows is read and written the same, what it does
// not is refused at its place. And: no byte of any input is lost on the way through text.
#include <hotweave/schedule.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "strategy/random.h"

namespace hotweave {
namespace {

constexpr const char* kMagic = "hotweave-schedule 1\n";

// The text as it is written again, without its first line; or "LINE:COLUMN message".
std::string Reread(const std::string& lines) {
  Schedule s;
  ParseError error;
  if (!ParseSchedule(kMagic + lines, &s, &error)) return std::to_string(error.line) + ":" + std::to_string(error.column) + " " + error.message;
  const std::string text = FormatSchedule(s);
  Schedule again;
  EXPECT_TRUE(ParseSchedule(text, &again, &error)) << text;
  EXPECT_EQ(FormatSchedule(again), text);
  EXPECT_EQ(again.ToInput(), s.ToInput());
  return text.substr(std::string(kMagic).size());
}

struct Production {
  const char* name;
  std::vector<std::string> accepted;   // lines that are written as they are read
  std::vector<std::string> refused;    // lines, each with where: "COLUMN line"
};

const Production kProductions[] = {
    {"target", {"target: online_vs_probe", "target: a%20b"}, {"8 target:", "11 target: a b"}},
    {"profile", {"profile: v4.19", "profile: S4-E+a_b"}, {"9 profile:"}},
    {"races", {"races: off"}, {"8 races: no", "7 races:"}},
    {"lockdep", {"lockdep: old", "lockdep: new", "lockdep: off"}, {"10 lockdep: auto"}},
    {"nesting", {"raw-lock-nesting: on"}, {"19 raw-lock-nesting: yes", "18 raw-lock-nesting:"}},
    {"expect", {"expect: pass", "expect: deadlock", "expect: data-race data-race:f,g"}, {"9 expect: bug", "20 expect: deadlock x y", "8 expect:"}},
    {"trace-hash", {"trace-hash: 0123456789abcdef"}, {"13 trace-hash: 123", "28 trace-hash: 0123456789abcdeg", "12 trace-hash:"}},
    {"choose",
     {"choose online #1 = 0", "choose a%23 #65535 = 65535"},
     {"8 choose # = 1", "11 choose a #0 = 1", "11 choose a #65536 = 1", "13 choose a #1 : 1", "15 choose a #1 = 65536", "17 choose a #1 = 1 1"}},
    {"preempt",
     {"preempt a at yield #1 to b", "preempt a at blocked #2 to b", "preempt a at write:x+0x28 #16383 to b",
      "preempt a at blocked:f%232@a+0x0 #1 to b%232 hash 0123456789abcdef", "preempt a at mutex_lock:memory.cc:m+0x0 #1 to b  # why"},
     {"13 preempt a at", "14 preempt a at lock:x #1 to b", "14 preempt a at switch #1 to b", "20 preempt a at write: #1 to b",
      "23 preempt a at write:x #0 to b", "23 preempt a at write:x #16384 to b", "25 preempt a at write:x #1 b",
      "30 preempt a at write:x #1 to b hush 0123456789abcdef", "11 preempt a on yield #1 to b"}},
    {"raw", {"raw 1234 5678 1 0 9abc", "raw 0000 0000 3fff 3 ffff"}, {"5 raw 12345 0 1 0 0", "15 raw 1234 5678 4000 0 0", "17 raw 1234 5678 1 4 0", "18 raw 1234 5678 1 0"}},
    {"raw-choose", {"raw-choose 1234 0 ffff"}, {"12 raw-choose 12345 0 0", "18 raw-choose 1234 0"}},
    {"raw-tail",
     {"raw-tail - -", "raw-tail - ff", "raw-tail 0000 -", "raw-tail 0005 0102030405", "raw-tail 0000 01020304050607"},
     {"10 raw-tail 10000 -", "15 raw-tail 0000 0", "15 raw-tail 0000 0102030405060708", "16 raw-tail 0000 0g", "14 raw-tail 0000", "1 raw-tail - 0102"}},
    {"steps", {"steps abcXYZ019+-"}, {"6 steps", "7 steps =", "12 steps abcd e"}},
    {"comment", {}, {"1 nothing", "1 Choose a #1 = 1"}},
};

// Headers stand where they are written; the one that is always written is expect:.
std::string Written(const std::string& line) {
  if (line.starts_with("expect:")) return line + "\n";
  for (const char* header : {"trace-hash:", "choose", "preempt", "raw ", "raw-choose", "raw-tail", "steps"}) {
    if (line.starts_with(header)) return "expect: pass\n" + line + "\n";
  }
  return line + "\nexpect: pass\n";
}

TEST(Grammar, EveryProductionIsReadAndWrittenTheSame) {
  for (const Production& p : kProductions) {
    SCOPED_TRACE(p.name);
    for (const std::string& line : p.accepted) EXPECT_EQ(Reread(line + "\n"), Written(line));
  }
}

TEST(Grammar, WhatNoProductionAllowsIsRefusedAtItsPlace) {
  for (const Production& p : kProductions) {
    for (const std::string& refused : p.refused) {
      SCOPED_TRACE(refused);
      const size_t blank = refused.find(' ');
      const std::string said = Reread("# first\n" + refused.substr(blank + 1) + "\n");
      EXPECT_EQ(said.substr(0, said.find(' ')), "3:" + refused.substr(0, blank)) << said;
      EXPECT_GT(said.size(), 20u) << "a remedy";
    }
  }
}

TEST(Grammar, HeadersAndTheTailStandAtMostOnce) {
  for (const char* line : {"target: a", "profile: a", "races: on", "lockdep: off", "raw-lock-nesting: on", "expect: pass", "trace-hash: 0123456789abcdef", "raw-tail - -"}) {
    const std::string said = Reread(std::string(line) + "\n" + line + "\n");
    EXPECT_TRUE(said.starts_with("3:1 a second '")) << said;
  }
}

TEST(Grammar, LinesOfStepsAreOneSequence) {
  const std::string line(96, 'a');
  EXPECT_EQ(Reread("steps aa\nchoose a #1 = 1\nsteps b\n"), "expect: pass\nchoose a #1 = 1\nsteps aab\n");
  EXPECT_EQ(Reread("steps " + line + "bc\n"), "expect: pass\nsteps " + line + "\nsteps bc\n");
  EXPECT_EQ(Reread("steps " + std::string(kMaxSteps, 'a') + "\nsteps b\n"),
            "3:7 more than 16384 characters of steps: remove this line");
}

TEST(Grammar, OldSchedulesAreReadAsBefore) {
  EXPECT_EQ(Reread("target: t\nexpect: deadlock deadlock:a\ntrace-hash: 0123456789abcdef\npreempt a at yield #1 to b hash 0123456789abcdef  # why\n"),
            "target: t\nexpect: deadlock deadlock:a\ntrace-hash: 0123456789abcdef\npreempt a at yield #1 to b hash 0123456789abcdef  # why\n");
}

std::vector<uint8_t> RandomBytes(Random* random) {
  std::vector<uint8_t> bytes(random->Below(70));
  // Half of them begin with a small number of choices, so that records follow.
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random->Below(4) ? random->Below(256) : 0);
  if (bytes.size() > 1 && random->Below(2)) {
    bytes[0] = static_cast<uint8_t>(random->Below(6));
    bytes[1] = 0;
  }
  return bytes;
}

TEST(Bytes, OfAnyInputComeBackThroughText) {
  Random random(7);
  size_t tails = 0, records = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::vector<uint8_t> bytes = RandomBytes(&random);
    const Schedule s = FromBytes(bytes);
    ASSERT_TRUE(s.HasBytes());
    ASSERT_EQ(s.ToInput(), DecodeBytes(bytes));
    ASSERT_EQ(ToBytes(s), bytes);
    Schedule read;
    ParseError error;
    ASSERT_TRUE(ParseSchedule(FormatSchedule(s), &read, &error)) << error.line << ": " << error.message << "\n" << FormatSchedule(s);
    ASSERT_EQ(ToBytes(read), bytes) << FormatSchedule(s);
    tails += s.tail.has_value();
    records += s.records.size();
  }
  EXPECT_GT(tails, 1000u);
  EXPECT_GT(records, 1000u);
}

TEST(Bytes, PlainOnesHaveNoTail) {
  for (const std::vector<uint8_t>& bytes : std::vector<std::vector<uint8_t>>{{}, {0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, {1, 0, 1, 2, 3, 4, 5, 6}})
    EXPECT_FALSE(FromBytes(bytes).tail.has_value());
  EXPECT_TRUE(FromBytes(std::vector<uint8_t>{0, 0}).tail.has_value()) << "the empty input, but not the empty string";
}

}  // namespace
}  // namespace hotweave
