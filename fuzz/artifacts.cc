// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Files. See artifacts.h.
#include "artifacts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace hotweave {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void Throw(const std::string& path, const char* what) {
  throw std::runtime_error(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

// A sibling name that nobody else uses.
std::string TemporaryName(const std::string& path) { return fmt::format("{}.tmp{}", path, getpid()); }

// Into `temporary`; messages name the file that it is to become.
void WriteAll(const std::string& temporary, const std::string& path, std::string_view contents) {
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) Throw(path, "cannot create");
  while (!contents.empty()) {
    const ssize_t n = write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      close(fd);
      unlink(temporary.c_str());
      Throw(path, "cannot write");
    }
    contents.remove_prefix(static_cast<size_t>(n));
  }
  close(fd);
}

void CheckFile(const std::string& path) {
  std::error_code error;
  if (path.empty()) throw std::runtime_error("\"\": a file without a name");
  if (fs::is_directory(path, error)) throw std::runtime_error(path + ": is a directory, not a file");
}

bool HasContents(const std::string& path, std::string_view contents) {
  std::error_code error;
  return fs::file_size(path, error) == contents.size() && !error && ReadFile(path) == contents;
}

// File names keep to characters that every shell and file system takes.
std::string Safe(std::string_view s) {
  std::string out;
  for (char c : s) out += isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' || c == '@' ? c : '_';
  return out;
}

}  // namespace

void MakeFolder(const std::string& path) {
  CheckFolder(path);
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw std::runtime_error(fmt::format("{}: cannot make the folder: {}", path, error.message()));
}

std::string ReadFile(const std::string& path) {
  CheckFile(path);
  std::ifstream in(path, std::ios::binary);
  if (!in) Throw(path, "cannot open");
  std::string contents((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) Throw(path, "cannot read");
  return contents;
}

void CheckPlace(const std::string& path) {
  CheckFile(path);
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return;
  throw std::runtime_error(fmt::format("{}: {} is {}", path, folder.string(), fs::exists(folder, error) ? "a file, not a folder" : "not there: make the folder first"));
}

void CheckFolder(const std::string& path) {
  std::error_code error;
  for (fs::path p = path; !p.empty(); p = p.parent_path()) {
    if (fs::is_directory(p, error)) return;
    if (fs::exists(p, error)) throw std::runtime_error(fmt::format("{}: cannot make the folder: {} is a file", path, p.string()));
    if (p == p.parent_path()) return;
  }
}

void WriteNamedFile(const std::string& path, std::string_view contents, bool force) {
  CheckPlace(path);
  if (HasContents(path, contents)) return;
  const std::string temporary = TemporaryName(path);
  WriteAll(temporary, path, contents);
  const bool done = force ? rename(temporary.c_str(), path.c_str()) == 0 : link(temporary.c_str(), path.c_str()) == 0;
  const int error = errno;
  unlink(temporary.c_str());
  if (done) return;
  if (error == EEXIST) throw std::runtime_error(path + ": exists and holds something else (--force replaces it)");
  errno = error;
  Throw(path, "cannot create");
}

std::string WriteNewFile(const std::string& path, std::string_view contents) {
  const std::string temporary = TemporaryName(path);
  WriteAll(temporary, path, contents);
  const fs::path p(path);
  for (int i = 1;; ++i) {
    const std::string name =
        i == 1 ? path : (p.parent_path() / fmt::format("{}-{}{}", p.stem().string(), i, p.extension().string())).string();
    // link() fails if the name exists: nothing is ever overwritten.
    if (link(temporary.c_str(), name.c_str()) == 0 || HasContents(name, contents)) {
      unlink(temporary.c_str());
      return name;
    }
    if (errno != EEXIST) {
      unlink(temporary.c_str());
      Throw(name, "cannot create");
    }
  }
}

ArtifactPaths WriteArtifacts(const std::string& directory, const Schedule& schedule) {
  MakeFolder(directory);
  const std::vector<uint8_t> bytes = EncodeBytes(schedule.ToInput());
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string at = schedule.profile.empty() ? "" : "@" + schedule.profile;
  const std::string text = FormatSchedule(schedule);
  Schedule bare = schedule;   // what tells schedules apart
  bare.steps.clear();
  const std::string named = FormatSchedule(bare);
  const std::string stem = fmt::format("{}/{}-{}-{:08x}", directory, Safe(schedule.target + at),
                                       schedule.expect_kind.empty() ? "pass" : schedule.expect_kind,
                                       static_cast<uint32_t>(XXH3_64bits(named.data(), named.size())));
  ArtifactPaths paths;
  paths.sched = WriteNewFile(stem + ".sched", text);
  paths.bytes = WriteNewFile(stem + ".bin", view);
  return paths;
}

}  // namespace hotweave
