// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The `hotweave` command line program. Everything is in cli.cc; this adds what must be in the program
// itself: main() and the mutator that libFuzzer looks for.
#include "cli.h"
#include "harness.h"

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return hotweave::HarnessMutate(data, size, max_size, seed);
}

int main(int argc, char** argv) { return hotweave::CliMain(argc, argv); }
