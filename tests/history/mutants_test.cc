// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Mutants are found: mutants.def has one line for each, and this is the search.
#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>

#include "search_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kMostWalks = 50'000;   // until it is found
constexpr uint64_t kBaseWalks = 300;      // of what it was made from

struct Mutant {
  const char* spec;
  const char* kind;
  const char* chapter;
};

// Knobs that make the kernel show less, not more: silent_test.cc.
const char* const kKnobs[] = {
#define SILENT(spec, rules, rule) spec,
#include "silent.def"
#undef SILENT
};

const Mutant kMutants[] = {
    {"", "", ""},   // for an empty list
#define MUTANT(spec, kind, chapter) {spec, kind, chapter},
#include "mutants.def"
#undef MUTANT
};

std::vector<Mutant> AllMutants() { return {std::begin(kMutants) + 1, std::end(kMutants)}; }

class Mutants : public testing::TestWithParam<Mutant> {};

Search SearchFor(const std::string& spec, const std::string& kind, const Bounds& bounds) {
  const bool order = kind == "lock-order" || kind == "irq-lock-order" || kind == "recursive-lock" || kind == "wait-context";
  return SearchTarget(spec, kind == "data-race", bounds, order ? LockdepRules::Auto : LockdepRules::Off);
}

// "a@S3-B+x-1234567" without its changes: "a@S3-B". (Names of profiles have dashes, too.)
std::string Unchanged(const std::string& spec) {
  const size_t at = spec.find('@');
  std::string_view best;
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_profiles; ++i) {
    const std::string_view name = h->profiles[i].name;
    if (std::string_view(spec).substr(at + 1).starts_with(name) && name.size() > best.size()) best = name;
  }
  return spec.substr(0, at + 1) + std::string(best);
}

TEST_P(Mutants, IsFound) {
  const Mutant& m = GetParam();
  ASSERT_NE(KindByName(m.kind), Kind::kCount) << m.kind;
  const Search s = SearchFor(m.spec, m.kind, {1, kMostWalks, {m.kind}});
  EXPECT_TRUE(s.Kinds().contains(m.kind)) << m.spec << " (" << m.chapter << "): " << Show(s.Fingerprints()) << " in "
                                          << s.executions << " walks";
  for (const Found& f : s.found) {
    if (f.kind == m.kind) EXPECT_EQ(ReplaysOf(s, f), 10u) << m.spec << " " << f.fingerprint;
  }
}

// It is the change that is found, not what was there before.
TEST_P(Mutants, WhatItWasMadeFromDoesNotShowIt) {
  const Mutant& m = GetParam();
  const std::string base = Unchanged(m.spec);
  const Search s = SearchFor(base, m.kind, {kBaseWalks, kBaseWalks, {}});
  EXPECT_FALSE(s.Kinds().contains(m.kind)) << base << ": " << Show(s.Fingerprints());
}

std::string NameOf(const testing::TestParamInfo<Mutant>& info) {
  std::string name = info.param.spec;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Chapters, Mutants, testing::ValuesIn(AllMutants()), NameOf);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Mutants);

// What is searched: mutants, the matrix and programs of `hotweave history`, what must be silent.
std::vector<std::string> AllSpecs() {
  std::vector<std::string> specs(std::begin(kKnobs), std::end(kKnobs));
  for (const Mutant& m : AllMutants()) specs.push_back(m.spec);
  const hotweave_matrix* matrix = Matrix();
  for (unsigned i = 0; i < matrix->nr_rows; ++i) {
    const hotweave_matrix_row& row = matrix->rows[i];
    const std::string targets = row.targets;
    specs.push_back(targets.substr(0, targets.find(' ')) + "@" + row.profile);
  }
  return specs;
}

// An alteration that nothing is searched with proves nothing.
TEST(MutantTable, EveryAlterationIsSearched) {
  ASSERT_TRUE(History() && Matrix());
  std::bitset<HOTWEAVE_MAX_HISTORY_ROWS> searched;
  for (const std::string& spec : AllSpecs()) {
    const hotweave_target* target;
    Profile profile;
    std::string error;
    ASSERT_TRUE(ParseTarget(spec, &target, &profile, &error)) << spec << ": " << error;
    searched |= profile.rows;
  }
  for (unsigned i = 0; i < History()->nr_rows; ++i) {
    const hotweave_history_row& row = History()->rows[i];
    if (!*row.first_release) EXPECT_TRUE(searched[i]) << row.commit << " is in no profile that is searched";
  }
}

}  // namespace
}  // namespace hotweave
