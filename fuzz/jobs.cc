// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See jobs.h.
#include "jobs.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>

#include "campaign.h"
#include "core/internal.h"

namespace hotweave {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThrown = 2;   // status of a job that threw

// A child with two files in memory for what it says: nobody has to read while it writes.
struct Child {
  size_t piece = 0;
  int output = -1, errors = -1;
  Clock::time_point start;
};

void WriteAll(int fd, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) InternalError("cannot write to the parent process");
    at += static_cast<size_t>(n);
  }
}

std::string ReadAll(int fd, size_t most) {
  std::string out;
  char buffer[4096];
  lseek(fd, 0, SEEK_SET);
  for (ssize_t n; out.size() < most && (n = read(fd, buffer, std::min(sizeof(buffer), most - out.size()))) > 0;) {
    out.append(buffer, static_cast<size_t>(n));
  }
  return out;
}

[[noreturn]] void RunChild(const Child& child, const Job& job) {
  HW_CHECK(dup2(child.errors, 1) >= 0 && dup2(child.errors, 2) >= 0);
  int status = 0;
  try {
    WriteAll(child.output, job(child.piece));
  } catch (const std::exception& e) {
    WriteAll(2, e.what());
    status = kThrown;
  }
  fflush(nullptr);
  _exit(status);
}

pid_t Start(size_t piece, const Job& job, Child* child) {
  child->piece = piece;
  child->output = memfd_create("output", MFD_CLOEXEC);
  child->errors = memfd_create("errors", MFD_CLOEXEC);
  HW_CHECK(child->output >= 0 && child->errors >= 0);
  child->start = Clock::now();
  fflush(nullptr);
  const pid_t pid = fork();
  HW_CHECK(pid >= 0);
  if (pid == 0) RunChild(*child, job);
  return pid;
}

JobResult Finish(const Child& child, int status) {
  JobResult r;
  r.ran = true;
  r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  r.output = ReadAll(child.output, ~size_t{0});
  r.errors = ReadAll(child.errors, kMaxJobErrors);
  r.seconds = std::chrono::duration<double>(Clock::now() - child.start).count();
  close(child.output);
  close(child.errors);
  return r;
}

}  // namespace

std::vector<JobResult> RunJobs(size_t n, unsigned processes, const Job& job, const JobDone& done) {
  std::vector<JobResult> results(n);
  std::map<pid_t, Child> running;
  StopRequested();   // from here on signals ask instead of killing
  for (size_t next = 0; next < n || !running.empty();) {
    if (StopRequested()) next = n;
    if (next < n && running.size() < std::max(processes, 1u)) {
      Child child;
      const pid_t pid = Start(next++, job, &child);
      running[pid] = child;
      continue;
    }
    if (running.empty()) break;
    int status = 0;
    const pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0 && errno == EINTR) continue;
    HW_CHECK(pid > 0);
    const auto it = running.find(pid);
    if (it == running.end()) continue;
    results[it->second.piece] = Finish(it->second, status);
    if (done) done(it->second.piece, results[it->second.piece]);
    running.erase(it);
  }
  return results;
}

unsigned Processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::clamp(static_cast<unsigned>(CPU_COUNT(&set)), 1u, 256u);
}

}  // namespace hotweave
