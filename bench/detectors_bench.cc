// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the detectors cost: a lock/unlock pair and an access with all of them on, with all of them off, and in native
// code; and lockdep's cost of an acquisition as the number of lock classes grows. Items are pairs, accesses,
// acquisitions.
#include <pthread.h>

#include <string>

#include <benchmark/benchmark.h>

#include "harness.h"
#include "tasks.h"

namespace hotweave::bench {
namespace {

void NativeMutex(benchmark::State& state) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  for (auto _ : state) {
    for (int i = 0; i < LOOP_ROUNDS; ++i) {
      pthread_mutex_lock(&mutex);
      pthread_mutex_unlock(&mutex);
    }
  }
  state.SetItemsProcessed(state.iterations() * LOOP_ROUNDS);
}

void NativeSpinlock(benchmark::State& state) {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  for (auto _ : state) {
    for (int i = 0; i < LOOP_ROUNDS; ++i) {
      pthread_spin_lock(&lock);
      pthread_spin_unlock(&lock);
    }
  }
  state.SetItemsProcessed(state.iterations() * LOOP_ROUNDS);
}

// The loop of the target words_target(), not instrumented.
void NativeAccess(benchmark::State& state) {
  static unsigned long words[LOOP_WORDS];
  for (auto _ : state) {
    for (int i = 0; i < LOOP_ROUNDS; ++i) {
      ++words[i % LOOP_WORDS];
      benchmark::ClobberMemory();
    }
  }
  state.SetItemsProcessed(state.iterations() * LOOP_ROUNDS);
}

struct Detectors {
  bool races;
  LockdepRules lockdep;
};
constexpr Detectors kOn{true, LockdepRules::New}, kOff{false, LockdepRules::Off};

void Loop(benchmark::State& state, const char* target, Detectors detectors) {
  Runner runner(target);
  runner.options().race_detection = detectors.races;
  runner.options().lockdep = detectors.lockdep;
  for (auto _ : state) runner.Run(Input{});
  state.SetItemsProcessed(state.iterations() * LOOP_ROUNDS);
}

// `classes` lock classes in one chain of dependencies: each is taken inside the one before. `again`: all of that a
// second time, when every dependency is known. One item is one acquisition.
void Classes(benchmark::State& state, bool again) {
  const auto classes = static_cast<uint32_t>(state.range(0));
  Runner runner("lock_classes");
  Chosen rounds({classes, again ? 2u : 1u});   // the last round is measured
  uint64_t items = 0;
  for (auto _ : state) {
    runner.Run(rounds);
    state.SetIterationTime(stopwatch_seconds);
    items += uint64_t{2} * (classes - 1);
  }
  state.SetItemsProcessed(static_cast<int64_t>(items));
}

void Register() {
  for (const char* target : {"lock_pairs", "spin_pairs", "words"}) {
    benchmark::RegisterBenchmark((std::string("On/") + target).c_str(), Loop, target, kOn);
    benchmark::RegisterBenchmark((std::string("Off/") + target).c_str(), Loop, target, kOff);
  }
  benchmark::RegisterBenchmark("Native/lock_pairs", NativeMutex);
  benchmark::RegisterBenchmark("Native/spin_pairs", NativeSpinlock);
  benchmark::RegisterBenchmark("Native/words", NativeAccess);
  for (const bool again : {false, true}) {
    for (const int classes : {10, 30, 100, 300, 1000, 2000, 4000, 8000}) {
      // Building the graph takes most of an execution and is not what is measured: no more of them than needed.
      benchmark::RegisterBenchmark(again ? "Classes/known" : "Classes/new", Classes, again)
          ->Arg(classes)->UseManualTime()->Iterations(classes <= 300 ? 50 : classes <= 1000 ? 10 : 2);
    }
  }
}

}  // namespace
}  // namespace hotweave::bench

int main(int argc, char** argv) {
  hotweave::bench::Register();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
