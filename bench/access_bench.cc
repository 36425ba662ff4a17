// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an instrumented access costs: the loops of chase.h as target code, with race detection and the
// preemption countdown. Yardstick: chase_tsan.cc. Plain: no instrumentation at all, for the scale.
#include <benchmark/benchmark.h>

#include "chase.h"
#include "harness.h"

namespace hotweave::bench {
namespace {

void Chase(benchmark::State& state) {
  uint32_t size = 0;
  while (chase_nodes[size] != state.range(0)) ++size;
  Chosen strategy({size, static_cast<uint32_t>(state.range(1))});
  Runner runner("chase");
  for (auto _ : state) {
    runner.Run(strategy);
    state.SetIterationTime(stopwatch_seconds);
  }
  state.SetItemsProcessed(state.iterations() * CHASE_STEPS);
}

void Plain(benchmark::State& state) {
  static chase_node list[CHASE_MAX_NODES];
  static uint32_t order[CHASE_MAX_NODES];
  const uint32_t nodes = static_cast<uint32_t>(state.range(0));
  chase_link(list, order, nodes);
  for (auto _ : state) {
    chase_walk(list, nodes, static_cast<int>(state.range(1)));
    state.SetIterationTime(stopwatch_seconds);
  }
  state.SetItemsProcessed(state.iterations() * CHASE_STEPS);
}

void Sizes(benchmark::internal::Benchmark* b) {
  for (uint32_t nodes : chase_nodes) b->Args({nodes, 0})->Args({nodes, 1});
  b->ArgNames({"nodes", "write"})->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(Chase)->Apply(Sizes);
BENCHMARK(Plain)->Apply(Sizes);

}  // namespace
}  // namespace hotweave::bench

BENCHMARK_MAIN();
