// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See explore_helper.h.
#include "explore_helper.h"

#include <fmt/format.h>

#include "../support/search.h"
#include "strategy/random.h"

namespace hotweave {
namespace {

explore_program program;
unsigned long long final_state;

constexpr const char* kNames[] = {"write", "read", "inc", "marked", "atomic", "mutex_inc", "spin_inc", "both_mutexes",
                                  "trylock", "rwsem", "complete", "wait", "wait_timeout", "preempt_inc", "cpu", "choose",
                                  "one_in", "spawn", "assert", "rcu_read", "rcu_sync", "wait_event", "wake", "spin_until",
                                  "alloc", "free_shared", "use_shared", "msleep", "irq_inc"};
static_assert(std::size(kNames) == EX_KINDS);

}  // namespace

extern "C" const explore_program* explore_now() { return &program; }
extern "C" void explore_final(unsigned long long state) { final_state = state; }

void SetProgram(const explore_program& p) { program = p; }

explore_program ProgramOf(uint64_t seed) {
  Random random(MixSeed(seed, 7));
  explore_program p = {};
  p.tasks = 2 + (random.Below(3) == 0);
  p.always = random.Below(8) == 0;
  for (unsigned t = 0; t < p.tasks; ++t) {
    p.ops[t] = 1 + random.Below(p.tasks == 2 ? 3 : 2);
    for (unsigned i = 0; i < p.ops[t]; ++i) {
      // Every other one is a simple access, so that the tasks meet.
      const unsigned kind = random.Below(2) ? random.Below(EX_ATOMIC + 1) : random.Below(EX_KINDS);
      p.op[t][i] = {static_cast<unsigned char>(kind), static_cast<unsigned char>(random.Below(2)),
                    static_cast<unsigned char>(random.Below(2))};
    }
  }
  return p;
}

std::string Describe(const explore_program& p) {
  std::string out = p.always ? "always " : "";
  for (unsigned t = 0; t < p.tasks; ++t) {
    out += "[";
    for (unsigned i = 0; i < p.ops[t]; ++i) out += fmt::format(" {}({},{})", kNames[p.op[t][i].kind], p.op[t][i].a, p.op[t][i].b);
    out += " ]";
  }
  return out;
}

std::set<std::string> Explored::Names() const {
  std::set<std::string> names;
  for (const auto& [name, n] : ends) names.insert(name);
  return names;
}

Explored ExploreAll(const std::string& target, const How& how) {
  Explored e;
  ExploreOptions o;
  o.run = OptionsFor(target.c_str(), {.races = how.races, .lockdep = LockdepRules::Off});
  o.run.max_steps = 20'000;
  if (how.bound >= 0) o.bound = static_cast<uint32_t>(how.bound);
  o.reduction = how.reduction;
  o.keep_going = true;
  o.runs = how.runs;
  o.progress = false;
  o.on_execution = [&](const RunResult& r) {
    std::string name = r.finding ? r.finding->fingerprint : r.verdict == VerdictKind::Pass ? fmt::format("{:x}", final_state) : "limit";
    ++e.ends[name];
  };
  e.result = Explore(o);
  return e;
}

}  // namespace hotweave
