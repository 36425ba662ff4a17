// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `fuzz --strategy guided`: libFuzzer's driver in a child process. libFuzzer ends its process when it is
// done, so it gets one of its own; what it found comes back through a pipe.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "artifacts.h"
#include "core/internal.h"
#include "harness.h"
#include "stored.h"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const uint8_t* data, size_t size));

namespace hotweave {
namespace {

namespace fs = std::filesystem;

constexpr int kFoundStatus = 1;

void WriteAll(int fd, const void* data, size_t size) {
  for (auto p = static_cast<const char*>(data); size > 0;) {
    const ssize_t n = write(fd, p, size);
    if (n <= 0) InternalError("cannot write to the parent process");
    p += n;
    size -= static_cast<size_t>(n);
  }
}

// The schedules of a corpus as bytes, which is all that libFuzzer reads, in a folder that goes with this object.
class Seeds {
 public:
  explicit Seeds(const std::string& corpus) {
    for (const auto& entry : fs::directory_iterator(corpus)) {
      if (entry.is_regular_file() && entry.path().extension() == ".sched") Add(entry.path());
    }
  }
  ~Seeds() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Seeds(const Seeds&) = delete;
  const std::string& folder() const { return folder_; }   // "" if there are none

 private:
  void Add(const fs::path& path) {
    const std::vector<uint8_t> bytes = EncodeBytes(LoadStored(path.string()).input);
    if (folder_.empty()) {
      std::string name = fs::temp_directory_path() / "hotweave-seeds-XXXXXX";
      if (!mkdtemp(name.data())) throw std::runtime_error(name + ": cannot make a folder");
      folder_ = name;
    }
    WriteNewFile((fs::path(folder_) / path.stem()).string() + ".bin", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  std::string folder_;
};

std::vector<std::string> Arguments(const GuidedOptions& o, const std::string& seeds) {
  std::vector<std::string> args = {"hotweave", fmt::format("-seed={}", o.seed & 0x7fffffff), "-len_control=0",
                                   "-max_len=4096", "-rss_limit_mb=0", "-handle_segv=0", "-handle_fpe=0",
                                   "-handle_bus=0", "-handle_ill=0"};
  if (o.seconds > 0) args.push_back(fmt::format("-max_total_time={}", static_cast<int>(o.seconds + 0.999)));
  if (o.runs > 0) args.push_back(fmt::format("-runs={}", o.runs));
  if (o.quiet) args.push_back("-verbosity=0");
  if (!o.corpus.empty()) args.push_back(o.corpus);
  if (!seeds.empty()) args.push_back(seeds);
  return args;
}

[[noreturn]] void RunChild(const GuidedOptions& o, const std::string& seeds, int out) {
  dup2(2, 1);   // standard output belongs to the report
  static int pipe_fd = out;
  Harness().on_finding = [](const std::vector<uint8_t>& bytes) {
    WriteAll(pipe_fd, &Harness().executions, sizeof(uint64_t));
    WriteAll(pipe_fd, bytes.data(), bytes.size());
    _exit(kFoundStatus);
  };
  // libFuzzer leaves by exit() or _exit() at its limits: the count is written by an exit handler.
  atexit([] { WriteAll(pipe_fd, &Harness().executions, sizeof(uint64_t)); });
  std::vector<std::string> args = Arguments(o, seeds);
  std::vector<char*> raw;
  for (std::string& a : args) raw.push_back(a.data());
  raw.push_back(nullptr);
  int argc = static_cast<int>(args.size());
  char** argv = raw.data();
  LLVMFuzzerRunDriver(&argc, &argv, HarnessTestOneInput);
  exit(0);
}

}  // namespace

GuidedResult RunGuidedCampaign(const GuidedOptions& o) {
  std::optional<Seeds> seeds;
  if (!o.corpus.empty()) {
    fs::create_directories(o.corpus);
    seeds.emplace(o.corpus);
  }
  int fds[2];
  HW_CHECK(pipe(fds) == 0);
  fflush(nullptr);
  const pid_t pid = fork();
  HW_CHECK(pid >= 0);
  if (pid == 0) {
    close(fds[0]);
    RunChild(o, seeds ? seeds->folder() : "", fds[1]);
  }
  close(fds[1]);
  std::vector<uint8_t> all;
  uint8_t buffer[4096];
  for (ssize_t n; (n = read(fds[0], buffer, sizeof(buffer))) > 0;) all.insert(all.end(), buffer, buffer + n);
  close(fds[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  GuidedResult r;
  if (all.size() >= sizeof(uint64_t)) {
    std::memcpy(&r.executions, all.data(), sizeof(uint64_t));
    r.input.assign(all.begin() + sizeof(uint64_t), all.end());
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  r.found = code == kFoundStatus && all.size() >= sizeof(uint64_t);
  r.status = r.found ? 0 : code;
  return r;
}

}  // namespace hotweave
