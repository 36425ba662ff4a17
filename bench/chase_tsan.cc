// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The yardstick of bench_access: the loops of chase.h in an ordinary two-thread program under the real
// ThreadSanitizer. The same names as bench_access gives its own, so that the two can be divided.
// Depends on Google Benchmark and pthreads.
#include <pthread.h>

#include <benchmark/benchmark.h>

#include "chase.h"
#include "stopwatch.h"

namespace {

chase_node list[CHASE_MAX_NODES];
uint32_t order[CHASE_MAX_NODES];

struct Walk {
  uint32_t nodes;
  int write;
};

void* Walker(void* data) {
  const Walk* walk = static_cast<Walk*>(data);
  chase_walk(list, walk->nodes, walk->write);
  return nullptr;
}

void Chase(benchmark::State& state) {
  Walk walk{static_cast<uint32_t>(state.range(0)), static_cast<int>(state.range(1))};
  for (auto _ : state) {
    chase_link(list, order, walk.nodes);
    pthread_t thread;
    pthread_create(&thread, nullptr, Walker, &walk);
    pthread_join(thread, nullptr);
    state.SetIterationTime(stopwatch_seconds);
  }
  state.SetItemsProcessed(state.iterations() * CHASE_STEPS);
}

void Register(benchmark::internal::Benchmark* b) {
  for (uint32_t nodes : chase_nodes) b->Args({nodes, 0})->Args({nodes, 1});
}
BENCHMARK(Chase)->Apply(Register)->ArgNames({"nodes", "write"})->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
