// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A corpus as a folder: TARGET/{seeds,crashers,programs}. Which files it has, and what new ones are called. Depends on
// <hotweave/run.h> for the names of targets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotweave {

struct CorpusFile {
  std::string path;      // to open it: the folder of the corpus as given, and `name`
  std::string name;      // "online_vs_probe/programs/R1.2.sched": within the corpus
  std::string target;    // "online_vs_probe"; "" for a file that was named by itself, until it has been read
  std::string room;      // "seeds", "crashers", "programs"; "" likewise
};

struct CorpusFiles {
  std::vector<CorpusFile> files;       // sorted by name
  std::vector<std::string> unknown;    // folders with stored executions of targets that this program does not have
};

// Every `.sched` file of the three rooms of each target; in seeds/ also inputs as bytes: `.bin` and names without an ending,
// as libFuzzer writes them. Throws std::runtime_error with one line if there is no such folder.
CorpusFiles ListCorpus(const std::string& directory);

// A file that is named by itself: target and room are those of its folders if they look like a corpus, else "".
CorpusFile CorpusFileAt(const std::string& path);

// A fingerprint as the name of a file: "deadlock:cpu_hotplug.lock,pcpu_alloc_mutex" is
// "deadlock-cpu_hotplug.lock-pcpu_alloc_mutex". At most kMaxSlug characters; a longer one ends in eight digits of its hash.
inline constexpr size_t kMaxSlug = 100;
std::string FingerprintSlug(std::string_view fingerprint);

}  // namespace hotweave
