// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Families of small programs: each is made of what one rule of the reduction is about, and says which mistake in the
// rule it would show. A program is drawn from a family by a seed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "programs.h"

namespace hotweave {

enum class Cpus : uint8_t { Any, Same, Mixed };   // free to move; all bound to one CPU; each bound or not

struct Family {
  const char* name;
  const char* aim;                           // the mistake that it would show
  unsigned least_tasks, most_tasks, most_ops;
  Cpus cpus;
  std::vector<explore_kind> first, others;   // operations of the first task, and of the others
  std::vector<explore_always> always;        // invariants; drawn like operations
};

std::span<const Family> Families();
const Family* FindFamily(const std::string& name);
explore_program ProgramOf(const Family& family, uint64_t seed);
// The i-th of its pairs: one operation of the first task against one of the others, in either order of the tasks; alone, and
// behind a write and a read that tell whether the one task came as far as its operation before the other began, so
// that only a preemption just there will do. Null: there are no more.
std::optional<explore_program> PairOf(const Family& family, unsigned i);
// "init[ MOD_TIMER(0,1) ]cpu0[ READ(0,0) ][ ]", and back; false if that is no program.
std::string Describe(const explore_program& program);
bool ParseProgram(const std::string& text, explore_program* program);

// What is left of a program without its i-th operation or decision about CPUs; false: it has none such.
bool Without(const explore_program& program, unsigned i, explore_program* smaller);

}  // namespace hotweave
