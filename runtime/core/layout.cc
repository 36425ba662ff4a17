// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Where target memory lives, and its pristine image. See layout.h.
#include "core/layout.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/internal.h"

// Section bounds from the linker; absent (null) in a program whose targets have no such globals.
extern "C" {
extern char __start_hw_data[] __attribute__((weak));
extern char __stop_hw_data[] __attribute__((weak));
extern char __start_hw_bss[] __attribute__((weak));
extern char __stop_hw_bss[] __attribute__((weak));
extern char __start_hw_percpu[];
extern char __stop_hw_percpu[];
extern char __start_hw_text[] __attribute__((weak));
extern char __stop_hw_text[] __attribute__((weak));
}

namespace hotweave {
namespace {

constexpr size_t kPage = 4096;

// In .bss: costs nothing until touched, and lies beside the targets' sections.
alignas(kPage) __attribute__((no_sanitize("address"))) char arena_memory[kArenaSize];
alignas(kPage) __attribute__((no_sanitize("address"))) char stack_memory[kMaxTasks * kStackSize];
alignas(kPage) __attribute__((no_sanitize("address"))) char unit_memory[kCpus * kPercpuUnit];
// Among the targets' per-CPU variables, so that one offset leads from a static or a dynamic one to a CPU's copy.
alignas(kPage) __attribute__((no_sanitize("address"), section("hw_percpu"), used)) char percpu_reserve[kPercpuReserve];

std::vector<char>& Image() {
  static std::vector<char> image;
  return image;
}

Layout Find() {
  Layout l;
  l.data_begin = reinterpret_cast<uintptr_t>(__start_hw_data);
  l.data_end = reinterpret_cast<uintptr_t>(__stop_hw_data);
  l.bss_begin = reinterpret_cast<uintptr_t>(__start_hw_bss);
  l.bss_end = reinterpret_cast<uintptr_t>(__stop_hw_bss);
  l.arena = reinterpret_cast<uintptr_t>(arena_memory);
  l.stacks = reinterpret_cast<uintptr_t>(stack_memory);
  l.template_begin = reinterpret_cast<uintptr_t>(__start_hw_percpu);
  l.template_end = reinterpret_cast<uintptr_t>(__stop_hw_percpu);
  l.reserve = reinterpret_cast<uintptr_t>(percpu_reserve);
  l.units = reinterpret_cast<uintptr_t>(unit_memory);
  HW_CHECK(l.template_end - l.template_begin <= kPercpuUnit);   // raise kPercpuUnit
  uintptr_t lo = l.arena, hi = l.arena + kArenaSize;
  for (auto [begin, end] : {std::pair{l.data_begin, l.data_end},
                            {l.bss_begin, l.bss_end},
                            {l.stacks, l.stacks + sizeof(stack_memory)},
                            {l.template_begin, l.template_end},
                            {l.units, l.units + sizeof(unit_memory)}}) {
    if (begin == end) continue;
    lo = std::min(lo, begin);
    hi = std::max(hi, end);
  }
  l.base = lo & ~(kPage - 1);
  l.span = hi - l.base;
  for (uint32_t t = 0; t < kMaxTasks; ++t) {
    mprotect(stack_memory + t * kStackSize, kPage, PROT_NONE);
  }
  return l;
}

}  // namespace

const Layout& GetLayout() {
  static const Layout layout = Find();
  return layout;
}

Region Layout::RegionOf(uintptr_t a) const {
  if ((a >= data_begin && a < data_end) || (a >= bss_begin && a < bss_end)) return Region::Globals;
  if (a >= arena && a < arena + kArenaSize) return Region::Arena;
  if (a >= stacks && a < stacks + kMaxTasks * kStackSize) return Region::Stack;
  if (a >= units && a < units + kCpus * kPercpuUnit) return Region::Percpu;
  if (a >= template_begin && a < template_end) return Region::Percpu;
  return Region::None;
}

bool Layout::IsTargetCode(uintptr_t pc) const {
  return pc >= reinterpret_cast<uintptr_t>(__start_hw_text) && pc < reinterpret_cast<uintptr_t>(__stop_hw_text);
}

uintptr_t Layout::StackBegin(uint32_t task) const { return stacks + task * kStackSize + kPage; }
uintptr_t Layout::StackEnd(uint32_t task) const { return stacks + (task + 1) * kStackSize; }

size_t PristineSize() {
  const Layout& l = GetLayout();
  return (l.data_end - l.data_begin) + (l.bss_end - l.bss_begin);
}

void CapturePristineGlobals() {
  const Layout& l = GetLayout();
  std::vector<char>& image = Image();
  image.assign(reinterpret_cast<char*>(l.data_begin), reinterpret_cast<char*>(l.data_end));
  image.insert(image.end(), reinterpret_cast<char*>(l.bss_begin), reinterpret_cast<char*>(l.bss_end));
}

void RestorePristineGlobals() {
  const Layout& l = GetLayout();
  const std::vector<char>& image = Image();
  const size_t data = l.data_end - l.data_begin;
  if (data) std::memcpy(reinterpret_cast<void*>(l.data_begin), image.data(), data);
  if (image.size() > data) {
    std::memcpy(reinterpret_cast<void*>(l.bss_begin), image.data() + data, image.size() - data);
  }
}

}  // namespace hotweave
