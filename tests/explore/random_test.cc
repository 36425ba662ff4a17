// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The reduction loses nothing: small programs are explored with it and without, at each bound and without one, and must end
// in the same final states, verdicts and findings. Programs are drawn from seeds, by families (families_helper.h). Only
// searches that both came to their ends are compared: what an enumeration has not reached yet is not lost by the other.
//
// HOTWEAVE_EXPLORE=FAMILY:FIRST:LAST[:MOST_RUNS] makes the long test compare other seeds, of one family or of "all".
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "explore_helper.h"

namespace hotweave {
namespace {

constexpr int kMostBound = 2;
constexpr uint64_t kPatience = 40;   // so many times the executions of an enumeration is too much, beginnings anew included

constexpr uint64_t kOfKept = 20'000;   // executions of the enumeration of a program that is kept
constexpr uint64_t kMuch = 200'000;   // of one program that is looked at by hand

struct Tally {
  uint64_t compared = 0, left_out = 0, with_findings = 0, with_several_ends = 0;
  uint64_t reduced = 0, unreduced = 0;   // executions
};

struct Case {
  explore_program program;
  int bound;
  By by;
  bool races;
};

// What the search of the case loses or invents; nothing if the enumeration is too long.
std::optional<std::string> Differs(const Case& c, uint64_t most_runs) {
  SetProgram(c.program);
  const Covered full = Cover("explore_program", By::Enumeration, c.bound, c.races, most_runs);
  if (!full.complete) return std::nullopt;
  const Covered reduced = Cover("explore_program", c.by, c.bound, c.races, kPatience * most_runs);
  if (!reduced.complete) return fmt::format(" more than {} executions instead of {}", reduced.executions, full.executions);
  const std::string d = Difference(reduced, full);
  if (d.empty()) return std::nullopt;
  return d;
}

// Leaves out whatever can be left out such that a difference remains.
Case Smallest(Case c, uint64_t most_runs) {
  for (bool found = true; found;) {
    found = false;
    explore_program smaller;
    for (unsigned i = 0; !found && Without(c.program, i, &smaller); ++i) {
      Case d = c;
      d.program = smaller;
      found = Differs(d, most_runs).has_value();
      if (found) c = d;
    }
  }
  return c;
}

std::string Name(const Case& c) {
  return fmt::format("{}{}{}: {}", c.bound < 0 ? "no bound" : fmt::format("bound {}", c.bound), c.by == By::Rehearsed ? ", rehearsed" : "",
                     c.races ? ", races" : "", Describe(c.program));
}

struct Effort {
  bool races = false, rehearsed = true;
  int least_bound = -1;
  uint64_t most_runs = 2'000;   // of an enumeration; longer ones are left out
};

void Compare(const std::string& name, const explore_program& program, const Effort& effort, Tally* tally) {
  Case c{program, -1, By::Learning, effort.races};
  const uint64_t most_runs = effort.most_runs;
  SetProgram(c.program);
  for (c.bound = kMostBound; c.bound >= effort.least_bound; --c.bound) {
    const Covered full = Cover("explore_program", By::Enumeration, c.bound, c.races, most_runs);
    if (!full.complete) {
      ++tally->left_out;
      continue;
    }
    ++tally->compared;
    tally->with_findings += std::any_of(full.ends.begin(), full.ends.end(), [](const auto& e) { return e.first.find(':') != std::string::npos; });
    tally->with_several_ends += full.ends.size() > 1;
    tally->unreduced += full.executions;
    for (By by : {By::Learning, By::Rehearsed}) {
      c.by = by;
      if (by == By::Rehearsed && (c.bound < 0 || !effort.rehearsed)) continue;
      const Covered reduced = Cover("explore_program", by, c.bound, c.races, kPatience * most_runs);
      tally->reduced += reduced.executions;
      const std::string d = reduced.complete ? Difference(reduced, full) : " does not end";
      if (d.empty()) continue;
      const Case small = Smallest(c, most_runs);
      const std::optional<std::string> rest = Differs(small, most_runs);
      ADD_FAILURE() << name << ", " << Name(c) << ":" << d << "\n  smallest: " << Name(small)
                    << ":" << rest.value_or(" (it agrees)");
      SetProgram(c.program);
      return;
    }
  }
}

void Print(const char* family, const Tally& t) {
  fmt::print("{}: {} comparisons, {} left out, {} with findings, {} with several ends; {} executions instead of {}\n", family, t.compared,
             t.left_out, t.with_findings, t.with_several_ends, t.reduced, t.unreduced);
}

Tally CompareSeeds(const Family& family, uint64_t first, uint64_t last, uint64_t most_runs) {
  Tally tally;
  for (uint64_t seed = first; seed < last && !testing::Test::HasFailure(); ++seed) {
    Compare(fmt::format("family {} seed {}", family.name, seed), ProgramOf(family, seed), {.races = seed % 4 == 3, .most_runs = most_runs}, &tally);
  }
  Print(family.name, tally);
  return tally;
}

// all: with both values of their operand b.
Tally ComparePairs(const Family& family, bool all, uint64_t most_runs) {
  Tally tally;
  for (unsigned i = 0; !testing::Test::HasFailure(); ++i) {
    const std::optional<explore_program> program = PairOf(family, i);
    if (!program) break;
    if (!all && !program->op[0][program->ops[0] - 1].b) continue;
    Compare(fmt::format("family {} pair {}", family.name, i), *program,
            {.rehearsed = false, .least_bound = program->ops[0] > 1 ? 1 : -1, .most_runs = most_runs}, &tally);
  }
  Print(family.name, tally);
  return tally;
}

class Random : public testing::TestWithParam<const char*> {};

// The searches compared are not empty: most programs end in several ways.
TEST_P(Random, ReductionLosesNothing) {
  const Tally tally = CompareSeeds(*FindFamily(GetParam()), 0, 12, 2'000);
  EXPECT_GT(tally.compared, 12u);
  EXPECT_GT(tally.with_several_ends, 2u);
}

class Pairs : public testing::TestWithParam<const char*> {};

TEST_P(Pairs, ReductionLosesNone) {
  EXPECT_GT(ComparePairs(*FindFamily(GetParam()), false, 300).compared, 12u);
}

// Programs for one mistake each.
struct Kept {
  const char* shows;
  const char* program;
};
constexpr Kept kKept[] = {
#define EX_KEPT(...) {__VA_ARGS__},
#include "kept.def"
#undef EX_KEPT
};

// Where all executions without a bound are too many, those at a bound must end as some of the search without one do, if that ends.
void CompareWithBound(const Kept& k) {
  const Covered bounded = Cover("explore_program", By::Enumeration, kMostBound, false, kOfKept);
  const Covered reduced = Cover("explore_program", By::Learning, -1, false, kOfKept);
  if (!reduced.complete) return;
  for (const auto& [name, n] : bounded.ends) EXPECT_TRUE(reduced.ends.count(name)) << k.shows << ", no bound: lost " << name;
}

TEST(Kept, ReductionLosesNothing) {
  for (const Kept& k : kKept) {
    explore_program program;
    ASSERT_TRUE(ParseProgram(k.program, &program)) << k.shows << ": no program: " << k.program;
    EXPECT_EQ(Describe(program), k.program);
    Tally tally;
    Compare(k.shows, program, {.most_runs = kOfKept}, &tally);
    if (HasFailure()) return;
    EXPECT_GT(tally.compared, static_cast<uint64_t>(kMostBound)) << k.shows;
    CompareWithBound(k);
  }
}

std::vector<const char*> Names() {
  std::vector<const char*> names;
  for (const Family& f : Families()) names.push_back(f.name);
  return names;
}

// Without the family of all operations, the first one: the long test has its pairs.
std::vector<const char*> NamesOfSome() {
  std::vector<const char*> names = Names();
  names.erase(names.begin());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Families, Random, testing::ValuesIn(Names()), [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Families, Pairs, testing::ValuesIn(NamesOfSome()), [](const auto& info) { return info.param; });

class RandomLong : public testing::TestWithParam<const char*> {};

TEST_P(RandomLong, ReductionLosesNothing) {
  std::string family;
  uint64_t first = 12, last = 120, most_runs = 12'000;
  if (const char* asked = std::getenv("HOTWEAVE_EXPLORE")) {
    std::istringstream in(asked);
    char colon;
    std::getline(in, family, ':');
    in >> first >> colon >> last >> colon >> most_runs;
    if (family != GetParam() && family != "all") GTEST_SKIP();
  }
  CompareSeeds(*FindFamily(GetParam()), first, last, most_runs);
}

TEST_P(RandomLong, ReductionLosesNoPair) { ComparePairs(*FindFamily(GetParam()), true, 2'000); }

// HOTWEAVE_EXPLORE_PROGRAM="init[ WRITE(0,1) ][ READ(0,0) ]": all that is to be seen of one program.
TEST(ProgramLong, ReductionLosesNothing) {
  const char* text = std::getenv("HOTWEAVE_EXPLORE_PROGRAM");
  if (!text) GTEST_SKIP();
  explore_program program;
  ASSERT_TRUE(ParseProgram(text, &program)) << "no program: " << text;
  SetProgram(program);
  for (bool races : {false, true}) {
    for (int bound : {0, 1, 2, 3, -1}) {
      const Covered full = Cover("explore_program", By::Enumeration, bound, races, kMuch);
      for (By by : {By::Enumeration, By::Learning, By::Rehearsed}) {
        const Covered c = Cover("explore_program", by, bound, races, kMuch);
        fmt::print("{}: {}: {} executions{}\n", Name({program, bound, by, races}), by == By::Enumeration ? "enumeration" : "reduction",
                   c.executions, c.complete ? "" : ", incomplete");
        for (const auto& [name, n] : c.ends) fmt::print("  {} {}\n", name, n);
        std::fflush(stdout);
        if (full.complete && c.complete) EXPECT_EQ(Difference(c, full), "") << Name({program, bound, by, races});
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, RandomLong, testing::ValuesIn(Names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace hotweave
