// SPDX-License-Identifier: GPL-2.0-only OR MIT
// refcount_t, kref and llist. The targets are in refcount_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

void ExpectWarning(const char* target, const char* what) {
  const Hit hit = ExpectFoundAtOnce(target, "refcount");
  EXPECT_NE(hit.result.finding->sentence.find(what), std::string::npos) << Show(hit.result);
}

TEST(Refcount, Counts) { ExpectSilent("refcount_counts"); }

TEST(Refcount, EachWarning) {
  ExpectWarning("refcount_inc_zero", "addition on 0");
  ExpectWarning("refcount_overflow", "saturated");
  ExpectWarning("refcount_not_zero_overflow", "saturated");
  ExpectWarning("refcount_saturated", "saturated");
  ExpectWarning("refcount_underflow", "underflow");
  ExpectWarning("refcount_double_put", "underflow");
  ExpectWarning("refcount_dec_to_zero", "decrement hit 0");
  ExpectWarning("refcount_not_one_zero", "underflow");
  ExpectSilent("refcount_not_one_saturated");
}

TEST(Kref, TheLastPutFreesAfterEveryUse) {
  ExpectSilent("kref_last_put_frees");
  ExpectFound("kref_relaxed", "data-race");
}

TEST(Kref, Misuse) {
  const std::set<std::string> v = Verdicts("kref_put_too_often", {.races = false});
  EXPECT_TRUE(v.contains("use-after-free") || v.contains("refcount"));
  EXPECT_FALSE(v.contains("pass"));
  EXPECT_TRUE(Verdicts("kref_get_too_late", {.races = false, .walks = 2000}).contains("refcount"));
}

TEST(Kref, LookupTable) { ExpectSilent("kref_table", {.walks = 2000}); }

TEST(Llist, SendersAndAReceiver) { ExpectSilent("llist_messages", {.walks = 2000}); }
TEST(Llist, OneConsumerAtATime) {
  EXPECT_TRUE(Verdicts("llist_two_consumers", {.walks = 3000}) != std::set<std::string>{"pass"});
}

}  // namespace
}  // namespace hotweave
