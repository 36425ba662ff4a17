// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See program_helper.h.
#include "program_helper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hotweave {
namespace {

namespace fs = std::filesystem;

void RedirectTo(int fd, const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, fd) < 0) _exit(126);
  close(file);
}

[[noreturn]] void BecomeProgram(const Launch& launch, const Scratch& scratch) {
  RedirectTo(1, scratch / "out");
  RedirectTo(2, scratch / "err");
  if (!launch.directory.empty() && chdir(launch.directory.c_str()) != 0) _exit(126);
  for (const std::string& variable : launch.environment) putenv(const_cast<char*>(variable.c_str()));
  if (!launch.aslr && personality(ADDR_NO_RANDOMIZE) < 0) _exit(125);
  std::vector<char*> argv = {const_cast<char*>(launch.program.c_str())};
  for (const std::string& a : launch.arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

Scratch::Scratch() {
  std::string name = testing::TempDir() + "hotweave-e2e-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder in " + testing::TempDir());
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

nlohmann::json Ended::Json() const {
  nlohmann::json json = nlohmann::json::parse(out, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << "not JSON: " << out << "\nstandard error: " << err;
  return json;
}

std::string Ended::Line(const std::string& start) const {
  for (const std::string* text : {&out, &err}) {
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(start)) return line;
    }
  }
  return "";
}

Ended RunProgram(const Launch& launch) {
  const Scratch scratch;
  const pid_t pid = fork();
  if (pid == 0) BecomeProgram(launch, scratch);
  EXPECT_GT(pid, 0);
  if (launch.signal) {
    usleep(static_cast<useconds_t>(launch.after_ms) * 1000);
    kill(pid, launch.signal);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Ended ended;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  EXPECT_NE(ended.status, 125) << "address randomisation cannot be switched off here";
  EXPECT_NE(ended.status, 126) << "the program could not be prepared";
  EXPECT_NE(ended.status, 127) << launch.program << " cannot be started";
  ended.out = Slurp(scratch / "out");
  ended.err = Slurp(scratch / "err");
  return ended;
}

Ended Hotweave(std::vector<std::string> arguments) {
  Launch launch;
  launch.arguments = std::move(arguments);
  return RunProgram(launch);
}

std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void Spill(const std::string& path, const std::string& contents) {
  std::ofstream out(path, std::ios::binary);
  out << contents;
  ASSERT_TRUE(out.flush()) << path;
}

std::vector<std::string> FilesIn(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string OnlyFile(const std::string& directory, const std::string& ending) {
  std::vector<std::string> names = FilesIn(directory);
  std::erase_if(names, [&](const std::string& n) { return !n.ends_with(ending); });
  EXPECT_EQ(names.size(), 1u) << "files *" << ending << " in " << directory;
  return names.empty() ? "" : directory + "/" + names[0];
}

}  // namespace hotweave
