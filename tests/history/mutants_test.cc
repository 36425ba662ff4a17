// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Mutants are found: mutants.def has one line for each, and this is the search.
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace hotweave
