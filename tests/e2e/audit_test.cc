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
  for (const auto& cycle : audit.at("inversions")) {
    if (cycle.size() == 2 && cycle[0].at("held") == a && cycle[0].at("wanted") == b) return true;
    if (cycle.size() == 2 && cycle[0].at("held") == b && cycle[0].at("wanted") == a) return true;
  }
  return false;
}

// Under 4.12's locks nobody can deadlock, and lockdep says nothing; but the orders are there.
TEST(Audit, RefcountLocksHideAnInversion) {
  const auto audit = Audit("slab_create_vs_online_vs_cpu_down@S0-A");
  EXPECT_TRUE(Inverts(audit, "cpu_hotplug.dep_map", "mem_hotplug.lock")) << audit.at("inversions");
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

TEST(Audit, AnUnknownTargetIsAUsersError) {
  EXPECT_EQ(Hotweave({"audit", "no_such_target"}).status, 2);
  EXPECT_EQ(Hotweave({"audit", "slab_create_vs_online_vs_cpu_down", "--runs", "0"}).status, 2);
}

}  // namespace
}  // namespace hotweave
