// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Static keys. The targets are in jump_label_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(StaticKey, States) { ExpectSilent("static_key_states"); }
TEST(StaticKey, Users) { ExpectSilentThoughContended("static_key_users", {.walks = 1500}); }
TEST(StaticKey, Misuse) {
  ExpectFoundAtOnce("static_key_negative", "assertion");
  ExpectFoundAtOnce("static_key_mixed", "assertion");
  ExpectFoundAtOnce("static_key_atomic", "sleep-in-atomic");
}
TEST(StaticKey, Order) {
  ExpectSilent("static_key_orders", {.walks = 1500});
  ExpectFound("static_key_count_orders_nothing", "data-race");
}

}  // namespace
}  // namespace hotweave
