// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a switch to another task costs: strategy, bookkeeping and all, against a bare fcontext switch
// (aim: at most twice that). Items are switches.
#include <sys/mman.h>

#include <benchmark/benchmark.h>
#include <boost/context/detail/fcontext.hpp>

#include "core/limits.h"
#include "harness.h"
#include "tasks.h"

namespace hotweave::bench {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

// Two contexts that jump to each other `left` times and then back to where they were started from.
struct PingPong {
  fcontext_t home;
  fcontext_t other;
  int64_t left;
};

void Player(transfer_t from) {
  PingPong& game = *static_cast<PingPong*>(from.data);
  if (!game.home) {
    game.home = from.fctx;
    from = jump_fcontext(game.other, &game);
  }
  while (--game.left > 0) from = jump_fcontext(from.fctx, &game);
  jump_fcontext(game.home, &game);
}

// One stack; its top is staggered as the engine's are, or all stacks would share their cache sets.
char* StackTop(char* stacks, int i) { return stacks + (i + 1) * kStackSize - i * 320; }

void BareSwitch(benchmark::State& state) {
  char* stacks = static_cast<char*>(
      mmap(nullptr, 2 * kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (auto _ : state) {
    PingPong game{nullptr, make_fcontext(StackTop(stacks, 1), kStackSize / 2, Player), POINTS};
    jump_fcontext(make_fcontext(StackTop(stacks, 0), kStackSize / 2, Player), &game);
  }
  state.SetItemsProcessed(state.iterations() * POINTS);
  munmap(stacks, 2 * kStackSize);
}
BENCHMARK(BareSwitch);

void TaskSwitch(benchmark::State& state) {
  Alternate strategy;
  Runner runner("yield_pair");
  for (auto _ : state) runner.Run(strategy);
  state.SetItemsProcessed(static_cast<int64_t>(runner.switches));
}
BENCHMARK(TaskSwitch);

}  // namespace
}  // namespace hotweave::bench

BENCHMARK_MAIN();
