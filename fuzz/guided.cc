// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `fuzz --strategy guided`: libFuzzer's driver in a child process. libFuzzer ends its process when it is
// done, so it gets one of its own; what it found comes back through a pipe.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "core/internal.h"
#include "harness.h"

extern "C" int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const uint8_t* data, size_t size));

namespace hotweave {
namespace {

constexpr int kFoundStatus = 1;

void WriteAll(int fd, const void* data, size_t size) {
  for (auto p = static_cast<const char*>(data); size > 0;) {
    const ssize_t n = write(fd, p, size);
    if (n <= 0) InternalError("cannot write to the parent process");
    p += n;
    size -= static_cast<size_t>(n);
  }
}

std::vector<std::string> Arguments(const GuidedOptions& o) {
  std::vector<std::string> args = {"hotweave", fmt::format("-seed={}", o.seed & 0x7fffffff), "-len_control=0",
                                   "-max_len=4096", "-rss_limit_mb=0", "-handle_segv=0", "-handle_fpe=0",
                                   "-handle_bus=0", "-handle_ill=0"};
  if (o.seconds > 0) args.push_back(fmt::format("-max_total_time={}", static_cast<int>(o.seconds + 0.999)));
  if (o.runs > 0) args.push_back(fmt::format("-runs={}", o.runs));
  if (o.quiet) args.push_back("-verbosity=0");
  if (!o.corpus.empty()) args.push_back(o.corpus);
  return args;
}

[[noreturn]] void RunChild(const GuidedOptions& o, int out) {
  dup2(2, 1);   // standard output belongs to the report
  static int pipe_fd = out;
  Harness().on_finding = [](const std::vector<uint8_t>& bytes) {
    WriteAll(pipe_fd, &Harness().executions, sizeof(uint64_t));
    WriteAll(pipe_fd, bytes.data(), bytes.size());
    _exit(kFoundStatus);
  };
  // libFuzzer leaves by exit() or _exit() at its limits: the count is written by an exit handler.
  atexit([] { WriteAll(pipe_fd, &Harness().executions, sizeof(uint64_t)); });
  std::vector<std::string> args = Arguments(o);
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
  if (!o.corpus.empty()) std::filesystem::create_directories(o.corpus);
  int fds[2];
  HW_CHECK(pipe(fds) == 0);
  fflush(nullptr);
  const pid_t pid = fork();
  HW_CHECK(pid >= 0);
  if (pid == 0) {
    close(fds[0]);
    RunChild(o, fds[1]);
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
