// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Stored schedules outlive edits that have nothing to do with them: `hotweave_edited` is `hotweave` with a new task, new
// locks, counters and allocations on the way of every stored schedule (targets/unrelated_edit.h). At least nine of ten
// still lead to their finding, as they are or by --continue.
#include <fmt/format.h>
#include <hotweave/schedule.h>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kCorpus = HOTWEAVE_SOURCE_DIR "/corpus";

std::vector<std::string> StoredFindings() {
  std::vector<std::string> out;
  for (const std::string& target : FilesIn(kCorpus)) {
    for (const char* kind : {"crashers", "programs"}) {
      const std::string folder = fmt::format("{}/{}/{}", kCorpus, target, kind);
      for (const std::string& name : FilesIn(folder)) {
        if (name.ends_with(".sched") && Slurp(folder + "/" + name).find("expect: pass") == std::string::npos) out.push_back(folder + "/" + name);
      }
    }
  }
  return out;
}

Ended ReplayEdited(const std::string& path, const Schedule& stored, bool keep_on) {
  Launch launch;
  launch.program = HOTWEAVE_EDITED_BINARY;
  launch.arguments = {"replay", stored.target + "@" + stored.profile, path, "--json", "--confirm", "0"};
  if (keep_on) launch.arguments.push_back("--continue");
  return RunProgram(launch);
}

// Exit status 1 and the stored kind and fingerprint.
bool Shows(const Ended& r, const Schedule& stored) {
  if (r.status != 1) return false;
  const nlohmann::json json = r.Json();
  return json["kind"] == stored.expect_kind && json["fingerprint"] == stored.expect_fingerprint;
}

TEST(Survival, NineOfTenStoredSchedulesOutliveUnrelatedEdits) {
  size_t total = 0, stale = 0, strict = 0, continued = 0;
  std::string lost;
  for (const std::string& path : StoredFindings()) {
    SCOPED_TRACE(path);
    Schedule stored;
    ParseError error;
    ASSERT_TRUE(ParseSchedule(Slurp(path), &stored, &error)) << error.line << ":" << error.column << ": " << error.message;
    ++total;
    const Ended once = ReplayEdited(path, stored, false);
    ASSERT_LE(once.status, 3) << once.err;
    stale += once.err.find("stale schedule") != std::string::npos;
    if (Shows(once, stored)) {
      ++strict;
    } else if (Shows(ReplayEdited(path, stored, true), stored)) {
      ++continued;
    } else {
      lost += "\n  " + path;
    }
  }
  fmt::print("{} stored schedules: {} still lead to their finding, {} do by --continue, {} are lost{}\n", total, strict, continued,
             total - strict - continued, lost);
  ASSERT_GE(total, 20u);
  EXPECT_GE(10 * (strict + continued), 9 * total) << lost;
  EXPECT_GE(10 * stale, 9 * total) << "the edits are not on the way of the stored schedules: this test shows nothing";
  EXPECT_GE(continued, 1u) << "no edit moves an operation that a record names";
}

// What the new task is put before, and the task itself: the first of the edits on every way.
TEST(Survival, TheFirstEditIsTheFirstStepThatDiffers) {
  const std::string path = std::string(kCorpus) + "/online_vs_probe/programs/R1.2.sched";
  Schedule stored;
  ParseError error;
  ASSERT_TRUE(ParseSchedule(Slurp(path), &stored, &error));
  const Ended r = ReplayEdited(path, stored, false);
  const std::string expected = ": expected init load:node_states+0x18 #1, node_states[3].bits[0] in start_daemons mm_init.cc:";
  const size_t at = r.err.find(expected);
  ASSERT_NE(at, r.err.npos) << r.err;
  EXPECT_NE(r.err.find(" operations more); instead init kthread_create to kstatd in unrelated_task unrelated_edit.h:", at), r.err.npos) << r.err;
  EXPECT_NE(r.err.find(": the finding still shows", at), r.err.npos) << r.err;
}

}  // namespace
}  // namespace hotweave
