// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Inputs: what an execution is told to do differently from the default (design: docs/schedules.md).
//
// The default at every point is: keep running the current task; if it blocks, the next runnable one in a
// fixed order; every choice is 0. An input holds only departures from that, as keyed records whose order
// does not matter and of which an unmatched one is inert. The empty input is the sequential execution.
//
// Byte form (every byte string is a valid input):
//   u16 n                      number of choices (little endian, as everything); fewer, and no records,
//                              if the bytes end
//   n × { u16 task, u16 nth, u16 value }
//   m × { u16 key, u16 task, u16 kind:2|nth:14, u16 to }   to the end; an incomplete last record is ignored
// A task is named by TaskKey(name), an operation on an object by OperationKey(op, object, offset).
// Text form (.sched): corpus/README.md has the grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hotweave/finding.h>

namespace hotweave {

inline constexpr uint32_t kScheduleFormatVersion = 1;
// Of one input; further ones are ignored by the engine. As many as an execution has points unless --max-steps says more.
inline constexpr size_t kMaxRecords = 1 << 20;
inline constexpr uint32_t kMaxNth = (1u << 14) - 1;
inline constexpr size_t kMaxSteps = 16'384;   // characters of Schedule::steps; of what follows only hashes are kept

// The value of the `nth` choice (from 1) of a task.
struct ChoiceRecord {
  uint16_t task = 0;
  uint16_t nth = 0;
  uint16_t value = 0;
  bool operator==(const ChoiceRecord&) const = default;
};

// When `task` is about to do, for the `nth` time (from 1), the operation `key`: depart.
struct Record {
  enum Kind : uint8_t {
    kPreempt = 0,   // switch to task `to`; where the task blocks anyway: choose `to` as the next one
    kReadFrom = 1,  // (weak memory) read the to-th older value; inert: there is no such model
    kReserved2 = 2,
    kReserved3 = 3,
  };
  uint16_t key = 0;
  uint16_t task = 0;
  uint16_t nth = 0;   // 1 … kMaxNth; 0 is inert
  Kind kind = kPreempt;
  uint16_t to = 0;    // TaskKey of the next task; if no runnable task has it: the (to mod n)-th runnable one
  bool operator==(const Record&) const = default;
};

struct Input {
  std::vector<ChoiceRecord> choices;
  std::vector<Record> records;
  bool operator==(const Input&) const = default;
};

Input DecodeBytes(std::span<const uint8_t> bytes);
std::vector<uint8_t> EncodeBytes(const Input& input);

// Names to keys: pure functions of the names, equal in every build.
uint16_t TaskKey(std::string_view task_name);
uint16_t ObjectKey(std::string_view object_name, uint64_t offset);  // offset in bytes; granularity 8; of a stack ("stack@task"): ignored
uint16_t OperationKey(uint8_t op, uint16_t object_key);

// A record with the names it was taken from, for the text form.
struct NamedRecord {
  Record record;
  std::string task, op, object, to;   // object: "symbol+0x28" or "" for operations without one
  uint64_t hash = 0;                  // rolling trace hash when it took effect; 0 if unknown
  std::string comment;                // field and source line, for people; ignored when read
};

struct NamedChoice {
  ChoiceRecord choice;
  std::string task;
};

// What bytes hold that is neither a choice nor a record: nothing depends on it, but bytes that became text become the
// same bytes again.
struct RawTail {
  bool counted = true;          // the bytes begin with the number of choices (false: they are too short for it)
  uint16_t count = 0;           // that number; more than there are if the bytes end among them
  std::vector<uint8_t> bytes;   // an incomplete choice or record at the end
  bool operator==(const RawTail&) const = default;
};

// A schedule as it is stored: the exact departures of one execution and what came of it.
struct Schedule {
  uint32_t version = kScheduleFormatVersion;
  std::string target, profile;
  std::vector<NamedChoice> choices;
  std::vector<NamedRecord> records;
  std::string expect_kind, expect_fingerprint;   // empty: expected to pass
  bool race_detection = true;                    // false: taken with --no-race
  std::string lockdep;                           // "old", "new", "off": taken with that --lockdep; "": with none
  bool raw_lock_nesting = false;                 // taken with --raw-lock-nesting
  uint64_t trace_hash = 0;                       // 0: unknown
  // Of the execution that it was taken from: departures that no record or choice can hold, since they come after the
  // kMaxNth-th time (choices: the 65,535th). They are not among these, and it does not lead where the execution led. Not stored.
  uint32_t too_late = 0;
  // What was done, a character (kStepAlphabet) per event of the trace: six bits of a hash of task, operation, object and
  // what else the trace hash is made of, names in place of numbers, the n-th time left out. So that a replay can say
  // where it first differs, and what it should have met there. "": unknown.
  std::string steps;
  std::optional<RawTail> tail;                   // only if EncodeBytes() would not give the bytes it came from

  Input ToInput() const;
  // Do its choices and records fit its tail, and the byte form?
  bool HasBytes() const;
};

// Byte strings to schedules without names and back, without loss: ToBytes(FromBytes(b)) is b for all b. ToBytes() needs
// HasBytes().
Schedule FromBytes(std::span<const uint8_t> bytes);
std::vector<uint8_t> ToBytes(const Schedule& schedule);

inline constexpr std::string_view kStepAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

// Renders the text form. Deterministic; ends with a newline.
std::string FormatSchedule(const Schedule& schedule);

struct ParseError {
  size_t line = 0, column = 0;   // from 1
  std::string message;           // what is wrong and what to do about it
};

// Parses the text form. Returns true and fills *out, or false and fills *error. Never throws on any bytes.
bool ParseSchedule(std::string_view text, Schedule* out, ParseError* error);

// True if the bytes look like the text form (they start with its first line's keyword).
bool LooksLikeSchedule(std::string_view bytes);

}  // namespace hotweave
