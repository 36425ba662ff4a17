// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See corpus.h.
#include "corpus.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <stdexcept>

#include <hotweave/run.h>

namespace hotweave {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRooms[] = {"crashers", "programs", "seeds"};

// Names in a folder, sorted; none if there is no such folder.
std::vector<std::string> NamesIn(const fs::path& folder, bool directories) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.is_directory(none) == directories) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsStored(const std::string& name, const std::string& room) {
  const std::string ending = fs::path(name).extension().string();
  if (ending == ".sched") return true;
  return room == "seeds" && (ending == ".bin" || (ending.empty() && !name.starts_with(".")));
}

}  // namespace

CorpusFiles ListCorpus(const std::string& directory) {
  if (!fs::is_directory(directory))
    throw std::runtime_error(directory + (fs::exists(directory) ? ": is a file" : ": there is no such folder") + " (a corpus is a folder with TARGET/{seeds,crashers,programs})");
  CorpusFiles out;
  for (const std::string& target : NamesIn(directory, true)) {
    const bool known = FindTarget(target) != nullptr;
    bool any = false;
    for (const char* room : kRooms) {
      for (const std::string& name : NamesIn(fs::path(directory) / target / room, false)) {
        if (!IsStored(name, room)) continue;
        any = true;
        const std::string inside = fmt::format("{}/{}/{}", target, room, name);
        if (known) out.files.push_back({(fs::path(directory) / inside).string(), inside, target, room});
      }
    }
    if (any && !known) out.unknown.push_back(target);
  }
  std::sort(out.files.begin(), out.files.end(), [](const CorpusFile& a, const CorpusFile& b) { return a.name < b.name; });
  return out;
}

CorpusFile CorpusFileAt(const std::string& path) {
  const fs::path p = fs::path(path).lexically_normal();
  CorpusFile file{path, path, "", ""};
  const std::string room = p.parent_path().filename().string(), target = p.parent_path().parent_path().filename().string();
  if (std::find(std::begin(kRooms), std::end(kRooms), room) == std::end(kRooms) || !FindTarget(target)) return file;
  file.room = room;
  file.target = target;
  return file;
}

std::string FingerprintSlug(std::string_view fingerprint) {
  std::string out;
  for (const char c : fingerprint) {
    const bool plain = isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
    if (plain) out += c;
    if (!plain && !out.empty() && out.back() != '-') out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  if (out.size() <= kMaxSlug) return out;
  return fmt::format("{}-{:08x}", out.substr(0, kMaxSlug - 9),
                     static_cast<uint32_t>(XXH3_64bits(fingerprint.data(), fingerprint.size())));
}

}  // namespace hotweave
