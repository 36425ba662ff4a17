// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `fuzz --strategy guided`: libFuzzer's driver in a child process. libFuzzer ends its process when it is
// done, so it gets one of its own; what it found comes back through a pipe.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "artifacts.h"
#include "campaign.h"
#include "core/internal.h"
#include "harness.h"
#include "stored.h"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const uint8_t* data, size_t size));

namespace hotweave {
namespace {

namespace fs = std::filesystem;

constexpr int kFoundStatus = 91, kStoppedStatus = 92;   // of the child; none that libFuzzer ends with itself

void WriteAll(int fd, const void* data, size_t size) {
  for (auto p = static_cast<const char*>(data); size > 0;) {
    const ssize_t n = write(fd, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) InternalError("cannot write to the parent process");
    p += n;
    size -= static_cast<size_t>(n);
  }
}

// The schedules of a corpus as bytes, which is all that libFuzzer reads, in a folder that goes with this object. (Read() may
// throw half way: what has no constructor's work to do is destroyed all the same.)
class Seeds {
 public:
  Seeds() = default;
  void Read(const std::string& corpus) {
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

int pipe_fd = -1;   // of the child: what it tells
void WriteCount() { WriteAll(pipe_fd, &Harness().executions, sizeof(uint64_t)); }

// Asked to stop: between two executions, so that what was done is told.
int TestUntilStopped(const uint8_t* data, size_t size) {
  if (StopRequested()) {
    WriteCount();
    _exit(kStoppedStatus);
  }
  return HarnessTestOneInput(data, size);
}

[[noreturn]] void RunChild(const GuidedOptions& o, const std::string& seeds, int out) {
  dup2(2, 1);   // standard output belongs to the report
  pipe_fd = out;
  Harness().on_finding = [](const std::vector<uint8_t>& bytes) {
    WriteCount();
    WriteAll(pipe_fd, bytes.data(), bytes.size());
    _exit(kFoundStatus);
  };
  atexit(WriteCount);   // libFuzzer leaves by exit() at its limits
  std::vector<std::string> args = Arguments(o, seeds);
  std::vector<char*> raw;
  for (std::string& a : args) raw.push_back(a.data());
  raw.push_back(nullptr);
  int argc = static_cast<int>(args.size());
  char** argv = raw.data();
  LLVMFuzzerRunDriver(&argc, &argv, TestUntilStopped);
  exit(0);
}

// What the child tells, to its end. A signal that asks to stop is passed on: it may have come to this process alone.
std::vector<uint8_t> ReadAll(int fd, pid_t child) {
  std::vector<uint8_t> all;
  uint8_t buffer[4096];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) {
      if (StopRequested()) kill(child, SIGTERM);
      continue;
    }
    if (n <= 0) return all;
    all.insert(all.end(), buffer, buffer + n);
  }
}

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

[[noreturn]] void Throw(const std::string& what) { throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno))); }

}  // namespace

GuidedResult RunGuidedCampaign(const GuidedOptions& o) {
  StopRequested();   // from now on a signal ends the search, not the process
  Seeds seeds;
  if (!o.corpus.empty()) {
    MakeFolder(o.corpus);
    seeds.Read(o.corpus);
  }
  int fds[2];
  if (pipe(fds) != 0) Throw("cannot make a pipe");
  fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) Throw("cannot start a process");
  if (pid == 0) {
    close(fds[0]);
    RunChild(o, seeds.folder(), fds[1]);
  }
  close(fds[1]);
  const std::vector<uint8_t> all = ReadAll(fds[0], pid);
  close(fds[0]);
  GuidedResult r;
  r.status = WaitFor(pid);
  if (all.size() < sizeof(uint64_t)) return r;
  std::memcpy(&r.executions, all.data(), sizeof(uint64_t));
  r.input.assign(all.begin() + sizeof(uint64_t), all.end());
  r.found = r.status == kFoundStatus;
  r.stopped = r.status == kStoppedStatus;
  if (r.found || r.stopped) r.status = 0;
  return r;
}

}  // namespace hotweave
