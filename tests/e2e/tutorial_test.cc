// SPDX-License-Identifier: GPL-2.0-only OR MIT
// docs/tutorial.md does what it says: its commands are run in order, in a folder of their own, and print the lines that stand
// below them, in that order. "…" in a line stands for anything, a line that is "…" for any lines. Of whole reports (explain)
// the key lines are asked for: how a report is laid out is a matter of golden/.
#include <filesystem>
#include <sstream>

#include "program_helper.h"

namespace hotweave {
namespace {

namespace fs = std::filesystem;

struct Step {
  size_t line = 0;
  std::string command;
  std::vector<std::string> expected;
};

std::string TrimmedRight(std::string s) {
  s.erase(s.find_last_not_of(" \r") + 1);
  return s;
}

// Commands are lines "    $ …", with four blanks; what they print follows, as far as it is indented.
std::vector<Step> StepsOf(const std::string& document) {
  std::vector<Step> steps;
  std::istringstream in(Slurp(document));
  bool inside = false;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("    $ ")) {
      steps.push_back({number, line.substr(6), {}});
      inside = true;
    } else if (inside && line.starts_with("    ")) {
      steps.back().expected.push_back(TrimmedRight(line.substr(4)));
    } else if (!line.empty()) {
      inside = false;
    }
  }
  return steps;
}

// Whether a line is one with "…" for anything.
bool Matches(std::string_view line, std::string_view pattern) {
  constexpr std::string_view kAny = "…";
  const size_t at = pattern.find(kAny);
  if (at == pattern.npos) return line == pattern;
  if (!line.starts_with(pattern.substr(0, at))) return false;
  const std::string_view rest = pattern.substr(at + kAny.size());
  for (size_t from = at; from <= line.size(); ++from) {
    if (Matches(line.substr(from), rest)) return true;
  }
  return false;
}

// The first expected line that does not come, or "".
std::string Missing(const std::string& output, const std::vector<std::string>& expected) {
  std::vector<std::string> lines;
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) lines.push_back(TrimmedRight(line));
  size_t at = 0;
  for (const std::string& want : expected) {
    if (want.empty() || want == "…") continue;
    while (at < lines.size() && !Matches(lines[at], want)) ++at;
    if (at++ == lines.size()) return want;
  }
  return "";
}

// Of a report: the finding, its fingerprint, that it replays.
bool IsKeyLine(const std::string& line) {
  return line.starts_with("ASSERTION FAILED: ") || line.starts_with("DEDUP_TOKEN: ") || line.starts_with("replayed ");
}

TEST(Tutorial, MatcherCanFail) {
  EXPECT_TRUE(Matches("found in 2.5 s", "found in … s"));
  EXPECT_FALSE(Matches("found in 2.5 m", "found in … s"));
  EXPECT_FALSE(Matches("lost", "found"));
  EXPECT_EQ(Missing("a\nb\nc\n", {"a", "…", "c"}), "");
  EXPECT_EQ(Missing("a\nc\nb\n", {"a", "b", "c"}), "c") << "the order counts";
}

TEST(Tutorial, CommandsPrintWhatItSays) {
  const std::vector<Step> steps = StepsOf(HOTWEAVE_SOURCE_DIR "/docs/tutorial.md");
  ASSERT_GE(steps.size(), 12u);
  const Scratch scratch;
  fs::create_symlink(HOTWEAVE_BINARY, scratch / "hotweave");
  fs::copy(HOTWEAVE_SOURCE_DIR "/corpus", scratch / "corpus", fs::copy_options::recursive);
  for (const Step& step : steps) {
    SCOPED_TRACE("docs/tutorial.md:" + std::to_string(step.line) + ": " + step.command);
    Launch launch;
    launch.program = "/bin/sh";
    launch.arguments = {"-c", step.command + " 2>&1"};
    launch.directory = scratch.path();
    const Ended r = RunProgram(launch);
    EXPECT_LT(r.status, 2) << r.out;
    std::vector<std::string> expected = step.expected;
    if (step.command.starts_with("./hotweave explain ")) std::erase_if(expected, [](const std::string& l) { return !IsKeyLine(l); });
    EXPECT_EQ(Missing(r.out, expected), "") << r.out;
  }
}

}  // namespace
}  // namespace hotweave
