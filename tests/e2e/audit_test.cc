// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave audit` as a user meets it: the callers of the hotplug locks with what they hold, and latent inversions.
#include <algorithm>

#include "program_helper.h"

namespace hotweave {
namespace {

nlohmann::json Audit(const std::string& spec) {
  const Ended ended = Hotweave({"audit", spec, "--runs", "60", "--json"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  return ended.Json();
}

// Is there a cycle of just these two locks?
bool Inverts(const nlohmann::json& audit, const std::string& a, const std::string& b) {
  for (const auto& inversion : audit.at("inversions")) {
    const auto& cycle = inversion.at("orders");
    if (cycle.size() == 2 && cycle[0].at("held") == a && cycle[0].at("wanted") == b) return true;
    if (cycle.size() == 2 && cycle[0].at("held") == b && cycle[0].at("wanted") == a) return true;
  }
  return false;
}

// Under 4.12's locks nobody can deadlock, and lockdep says nothing; but the orders are there.
TEST(Audit, RefcountLocksHideAnInversion) {
  const auto audit = Audit("slab_create_vs_online_vs_cpu_down@S0-A");
  EXPECT_TRUE(Inverts(audit, "cpu_hotplug.dep_map", "mem_hotplug.lock")) << audit.at("inversions");
  for (const auto& inversion : audit.at("inversions")) EXPECT_TRUE(inversion.at("latent")) << inversion;
}

TEST(Audit, TheFixLeavesNone) {
  const auto audit = Audit("slab_create_vs_online_vs_cpu_down@S0-F");
  EXPECT_FALSE(Inverts(audit, "cpu_hotplug_lock", "mem_hotplug_lock")) << audit.at("inversions");
  EXPECT_TRUE(Inverts(audit, "mem_hotplug_lock", "&dev->mutex")) << "device_hotplug_lock keeps it apart, and this list does not ask";
}

// Each caller of get_online_cpus() with what it holds.
TEST(Audit, CallersAreListedWithWhatTheyHold) {
  bool creator = false, rebuild = false;
  const auto audit = Audit("slab_create_vs_online_vs_cpu_down@S0-A");
  for (const auto& site : audit.at("sites")) {
    if (site.at("lock") != "cpu_hotplug.dep_map") continue;
    const auto functions = site.at("functions").get<std::vector<std::string>>();
    const auto calls = [&](const char* f) { return std::find(functions.begin(), functions.end(), f) != functions.end(); };
    if (calls("kmem_cache_create")) {
      creator = true;
      EXPECT_EQ(site.at("held"), nlohmann::json::parse("[[]]")) << "the outermost lock";
      EXPECT_EQ(site.at("sharing"), "shared, may nest");
    }
    if (calls("build_all_zonelists")) {
      rebuild = true;
      for (const auto& held : site.at("held")) EXPECT_NE(std::find(held.begin(), held.end(), "zonelists_mutex"), held.end());
    }
  }
  EXPECT_TRUE(creator);
  EXPECT_TRUE(rebuild);
}

TEST(Audit, OfOtherLocksToo) {
  const Ended ended = Hotweave({"audit", "slab_create_vs_online_vs_cpu_down@S0-F", "--runs", "20", "--lock", "slab_mutex"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_NE(ended.out.find("slab_mutex (exclusive)"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find("\ncpu_hotplug_lock (shared)"), std::string::npos);
}

// ---- Small shapes: the targets of ../feasible, as the program lock_order --------------------------------------

nlohmann::json Shape(const std::string& target) {
  Launch launch;
  launch.program = HOTWEAVE_BINARY_DIR "/lock_order";
  launch.arguments = {"audit", target, "--runs", "50", "--json"};
  const Ended ended = RunProgram(launch);
  EXPECT_EQ(ended.status, 0) << ended.err;
  return ended.Json().at("inversions");
}

TEST(Audit, RecursiveReadersInBothOrdersAreLatent) {
  const auto inversions = Shape("order_latent");
  ASSERT_EQ(inversions.size(), 1u);
  EXPECT_TRUE(inversions[0].at("latent"));
  EXPECT_EQ(inversions[0].at("orders").size(), 2u);
}

TEST(Audit, OneOrderIsNone) { EXPECT_TRUE(Shape("order_not_latent").empty()); }
TEST(Audit, WhatIsTriedIsNone) { EXPECT_TRUE(Shape("order_trylock").empty()); }

TEST(Audit, WhatLockdepSeesIsNotLatent) {
  for (const char* target : {"order_abba", "order_readers"}) {
    const auto inversions = Shape(target);
    ASSERT_EQ(inversions.size(), 1u) << target;
    EXPECT_FALSE(inversions[0].at("latent")) << target;
    EXPECT_TRUE(inversions[0].at("lockdep_new")) << target;
  }
}

TEST(Audit, WhatIsExemptFromLockdepIsLatent) { EXPECT_TRUE(Shape("order_novalidate").at(0).at("latent")); }

TEST(Audit, AGateIsNamed) {
  EXPECT_EQ(Shape("order_gated").at(0).at("gates"), nlohmann::json::parse(R"(["gate"])"));
  EXPECT_TRUE(Shape("order_half_gated").at(0).at("gates").empty());
}

TEST(Audit, SeveralTargetsAreOneAnswer) {
  const Ended ended = Hotweave({"audit", "slab_flush_vs_cpu_down@v4.12", "slab_sysfs_shrink_vs_destroy@v4.12", "--runs", "20", "--json"});
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.Json().at("executions"), 40);
}

TEST(Audit, EqualSeedsGiveEqualAnswers) {
  EXPECT_EQ(Audit("slab_sysfs_shrink_vs_destroy@v5.6"), Audit("slab_sysfs_shrink_vs_destroy@v5.6"));
}

TEST(Audit, AnUnknownTargetIsAUsersError) {
  EXPECT_EQ(Hotweave({"audit"}).status, 2);
  EXPECT_EQ(Hotweave({"audit", "no_such_target"}).status, 2);
  EXPECT_EQ(Hotweave({"audit", "slab_create_vs_online_vs_cpu_down", "--runs", "0"}).status, 2);
}

}  // namespace
}  // namespace hotweave
