// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The byte form of inputs and the keys of names (<hotweave/schedule.h>). The text form is in
// schedule_text.cc. Depends on keys.h and xxHash.
#include <hotweave/schedule.h>

#include <algorithm>

#include <xxhash.h>

#include "core/keys.h"

namespace hotweave {
namespace {

constexpr size_t kChoiceBytes = 6, kRecordBytes = 8, kMaxChoices = 0xffff;

uint16_t Get16(const uint8_t* p) { return static_cast<uint16_t>(p[0] | p[1] << 8); }

void Put16(std::vector<uint8_t>* out, uint32_t value) {
  out->push_back(static_cast<uint8_t>(value));
  out->push_back(static_cast<uint8_t>(value >> 8));
}

uint64_t HashName(std::string_view name) { return XXH3_64bits(name.data(), name.size()); }

uint16_t Fold(uint64_t h) {
  h ^= h >> 32;
  return static_cast<uint16_t>(h ^ (h >> 16));
}

Record DecodeRecord(const uint8_t* p) {
  const uint16_t kind_and_nth = Get16(p + 4);
  Record record;
  record.key = Get16(p);
  record.task = Get16(p + 2);
  record.kind = static_cast<Record::Kind>(kind_and_nth & 3);
  record.nth = static_cast<uint16_t>(kind_and_nth >> 2);
  record.to = Get16(p + 6);
  return record;
}

void EncodeRecord(const Record& record, std::vector<uint8_t>* out) {
  Put16(out, record.key);
  Put16(out, record.task);
  Put16(out, std::min<uint32_t>(record.nth, kMaxNth) << 2 | (record.kind & 3u));
  Put16(out, record.to);
}

}  // namespace

Input DecodeBytes(std::span<const uint8_t> bytes) {
  Input input;
  if (bytes.size() < 2) return input;
  const size_t wanted = Get16(bytes.data());
  bytes = bytes.subspan(2);
  const size_t choices = std::min(wanted, bytes.size() / kChoiceBytes);
  input.choices.reserve(choices);
  for (size_t i = 0; i < choices; i++) {
    const uint8_t* p = bytes.data() + i * kChoiceBytes;
    input.choices.push_back({Get16(p), Get16(p + 2), Get16(p + 4)});
  }
  // A prefix that is cut off leaves nothing for records: its remainder is no record.
  if (choices < wanted) return input;
  bytes = bytes.subspan(choices * kChoiceBytes);
  input.records.reserve(bytes.size() / kRecordBytes);
  for (size_t i = 0; i + kRecordBytes <= bytes.size(); i += kRecordBytes)
    input.records.push_back(DecodeRecord(bytes.data() + i));
  return input;
}

std::vector<uint8_t> EncodeBytes(const Input& input) {
  std::vector<uint8_t> out;
  if (input.choices.empty() && input.records.empty()) return out;
  const size_t choices = std::min(input.choices.size(), kMaxChoices);
  out.reserve(2 + choices * kChoiceBytes + input.records.size() * kRecordBytes);
  Put16(&out, static_cast<uint32_t>(choices));
  for (size_t i = 0; i < choices; i++) {
    Put16(&out, input.choices[i].task);
    Put16(&out, input.choices[i].nth);
    Put16(&out, input.choices[i].value);
  }
  for (const Record& record : input.records) EncodeRecord(record, &out);
  return out;
}

uint16_t TaskKey(std::string_view task_name) { return Fold(HashName(task_name)); }

uint64_t HashObjectName(std::string_view name) { return HashName(name); }

uint16_t ObjectKeyOf(uint64_t name_hash, uint64_t offset) {
  return Fold((name_hash ^ (offset / 8)) * 0x9fb21c651e98df25u);
}

uint16_t ObjectKey(std::string_view object_name, uint64_t offset) {
  if (object_name.empty()) return kNoObjectKey;
  return ObjectKeyOf(HashName(object_name), object_name.starts_with(kStackOf) ? 0 : offset);
}

uint16_t OperationKey(uint8_t op, uint16_t object_key) {
  return op < static_cast<uint8_t>(Op::kCount) ? KeyOf(static_cast<Op>(op), object_key) : 0;
}

namespace {

// Whole choices and records aside.
RawTail TailOf(std::span<const uint8_t> bytes, const Input& input) {
  if (bytes.size() < 2) return {.counted = false, .count = 0, .bytes = {bytes.begin(), bytes.end()}};
  const size_t used = 2 + input.choices.size() * kChoiceBytes + input.records.size() * kRecordBytes;
  return {.counted = true, .count = Get16(bytes.data()), .bytes = {bytes.begin() + static_cast<long>(used), bytes.end()}};
}

}  // namespace

Schedule FromBytes(std::span<const uint8_t> bytes) {
  const Input input = DecodeBytes(bytes);
  Schedule s;
  for (const ChoiceRecord& c : input.choices) s.choices.push_back({c, ""});
  for (const Record& r : input.records) {
    s.records.emplace_back();
    s.records.back().record = r;
  }
  const std::vector<uint8_t> plain = EncodeBytes(input);
  if (!std::equal(plain.begin(), plain.end(), bytes.begin(), bytes.end())) s.tail = TailOf(bytes, input);
  return s;
}

bool Schedule::HasBytes() const {
  if (choices.size() > kMaxChoices) return false;
  if (!tail) return true;
  if (!tail->counted) return choices.empty() && records.empty() && tail->bytes.size() < 2;
  if (tail->count == choices.size()) return tail->bytes.size() < kRecordBytes;
  return tail->count > choices.size() && records.empty() && tail->bytes.size() < kChoiceBytes;
}

std::vector<uint8_t> ToBytes(const Schedule& schedule) {
  if (!schedule.tail) return EncodeBytes(schedule.ToInput());
  if (!schedule.tail->counted) return schedule.tail->bytes;
  std::vector<uint8_t> out = EncodeBytes(schedule.ToInput());
  out.resize(std::max<size_t>(out.size(), 2));
  out[0] = static_cast<uint8_t>(schedule.tail->count);
  out[1] = static_cast<uint8_t>(schedule.tail->count >> 8);
  out.insert(out.end(), schedule.tail->bytes.begin(), schedule.tail->bytes.end());
  return out;
}

Input Schedule::ToInput() const {
  Input input;
  input.choices.reserve(choices.size());
  for (const NamedChoice& c : choices) input.choices.push_back(c.choice);
  input.records.reserve(records.size());
  for (const NamedRecord& r : records) input.records.push_back(r.record);
  return input;
}

}  // namespace hotweave
